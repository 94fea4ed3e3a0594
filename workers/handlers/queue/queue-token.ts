/** Checks whether a command may book at all: the performance takes place, and its queue token is valid. */
import { refuseCancelled } from '../../../src/domain/holds.ts';
import { refuseBookingToken } from '../../../src/domain/queue-entries.ts';
import type { Refusal } from '../../../src/domain/reasons.ts';
import type { QueueEntryRow, Rows, SeatRow } from '../../rows/rows.ts';
import type { RunningCommand } from '../handler.ts';

export function tokenEntry(command: RunningCommand, rows: Rows): QueueEntryRow | undefined {
  return command.entryId === undefined ? undefined : rows.queueEntries.get(command.entryId);
}

/**
 * @param what what is booked, as the subject of a sentence: "Seat 7"
 * @param schedule the schedule of what is booked; undefined if that does not exist
 * @returns why a command that books is refused whatever places it wants, or undefined
 */
export function refuseBooking(
  command: RunningCommand,
  rows: Rows,
  what: string,
  schedule: Pick<SeatRow, 'queueId' | 'cancelledAt'> | undefined,
): Refusal | undefined {
  const cancelled = schedule && refuseCancelled(what, schedule);
  if (cancelled) return cancelled.refusal;
  const { userId, acceptedAt } = command;
  const queueId = schedule?.queueId;
  return refuseBookingToken(tokenEntry(command, rows), { userId, queueId, acceptedAt });
}
