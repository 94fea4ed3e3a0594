/** The rows of waiting queues and their entries in memory. */
import type { Row } from '../../../src/db/tables.ts';

export type QueueEntryRow = Omit<
  Row<'queue_entry'>,
  'ticket' | 'drawId' | 'admittedAt' | 'seenAt' | 'seenNearFront' | 'skippedAt'
>;

/** A number that a user has taken out of the line of a queue. */
export type Departure = Pick<QueueEntryRow, 'queueId' | 'number'>;

export type WaitingQueueRow = Omit<
  Row<'waiting_queue'>,
  'lastAdmitted' | 'removed' | 'lineVersion' | 'lineFrom' | 'overSince' | 'overReason'
>;

/** The numbering of a queue, with what the system had removed from the line a moment ago. */
export interface NumberingRow extends Row<'queue_numbering'> {
  removedByAdmission: number;
}
