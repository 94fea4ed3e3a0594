/** Checks a command's queue token. Shared by the commands that require one. */
import { refuseBookingToken } from '../../../src/domain/queue-entries.ts';
import type { Refusal } from '../../../src/domain/reasons.ts';
import type { QueueEntryRow, Rows } from '../../rows/rows.ts';
import type { RunningCommand } from '../handler.ts';

export function tokenEntry(command: RunningCommand, rows: Rows): QueueEntryRow | undefined {
  return command.queueNumber === undefined ? undefined : rows.queueEntries.get(command.queueNumber);
}

/** @returns why the queue token of a command that books is refused, or undefined if it is valid */
export function tokenRefusal(command: RunningCommand, rows: Rows): Refusal | undefined {
  return refuseBookingToken(tokenEntry(command, rows), command.userId, command.acceptedAt);
}
