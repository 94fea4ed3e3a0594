/** The check of the queue token that came with a command, shared by the commands that demand one. */
import { refuseQueueToken } from '../../../src/domain/queue-entries.ts';
import type { Refusal } from '../../../src/domain/reasons.ts';
import type { QueueEntryRow, Rows } from '../../rows/rows.ts';
import type { RunningCommand } from '../handler.ts';

export function tokenEntry(command: RunningCommand, rows: Rows): QueueEntryRow | undefined {
  return command.queueNumber === undefined ? undefined : rows.queueEntries.get(command.queueNumber);
}

/** Why the command's queue token does not admit to booking, or undefined where it does. */
export function tokenRefusal(command: RunningCommand, rows: Rows): Refusal | undefined {
  return refuseQueueToken(tokenEntry(command, rows), command.userId, command.acceptedAt);
}
