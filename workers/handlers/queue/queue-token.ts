/** Checks a command's queue token. Shared by the commands that require one. */
import { refuseBookingToken } from '../../../src/domain/queue-entries.ts';
import type { Refusal } from '../../../src/domain/reasons.ts';
import type { QueueEntryRow, Rows } from '../../rows/rows.ts';
import type { RunningCommand } from '../handler.ts';

export function tokenEntry(command: RunningCommand, rows: Rows): QueueEntryRow | undefined {
  return command.entryId === undefined ? undefined : rows.queueEntries.get(command.entryId);
}

/**
 * @param queueId the queue that admits to what is booked; undefined if that does not exist
 * @returns why the queue token of a command that books is refused, or undefined if it is valid
 */
export function tokenRefusal(
  command: RunningCommand,
  rows: Rows,
  queueId: number | undefined,
): Refusal | undefined {
  const { userId, acceptedAt } = command;
  return refuseBookingToken(tokenEntry(command, rows), { userId, queueId, acceptedAt });
}
