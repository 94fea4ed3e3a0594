/** Moves points to or from the balance of a user. Shared by all commands that do. */
import type { Moved } from '../../../src/domain/points.ts';
import type { PointHistoryRow } from '../../rows/rows.ts';
import type { Applying } from '../handler.ts';

/**
 * Writes what a rule has decided: the balance, and the line of the history that leads to it.
 * @param userId whose points the command's needs name
 */
export function movePoints(
  { command: { jobId }, rows }: Pick<Applying, 'command' | 'rows'>,
  userId: number,
  kind: PointHistoryRow['kind'],
  { amount, balance }: Moved,
): void {
  rows.points.move({ userId, kind, amount, balance, jobId });
}
