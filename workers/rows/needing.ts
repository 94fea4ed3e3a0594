/** The commands of a batch with what they need, and the ids of the rows that they need together. */
import type { RunningCommand } from '../handlers/handler.ts';
import type { Needs } from '../handlers/needs.ts';

/** A command and what it needs. */
export interface Needing {
  command: RunningCommand;
  needs: Needs;
}

/**
 * The ids that the commands of a batch need, in the order of the commands; each once, so that each row is loaded once.
 * @param idsOf the ids that one command needs, if any
 */
export function idsIn(
  batch: readonly Needing[],
  idsOf: (needs: Needs, command: RunningCommand) => number | readonly number[] | undefined,
): number[] {
  const ids = new Set<number>();
  for (const { needs, command } of batch) {
    const needed = idsOf(needs, command);
    if (typeof needed === 'number') ids.add(needed);
    else if (needed) for (const id of needed) ids.add(id);
  }
  return [...ids];
}

/** The seats that a command names by their ids. */
export function namedSeats({ seatIds = [], places }: Needs): readonly number[] {
  return [...seatIds, ...(places?.seatIds ?? [])];
}

export function distinct(ids: readonly number[]): number[] {
  return [...new Set(ids)];
}
