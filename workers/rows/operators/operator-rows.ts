/** The rows that operators' commands change, in memory. */
import type { NewArea, SeatRange } from '../../../src/commands/operators/create-schedule.ts';
import type { Row } from '../../../src/db/tables.ts';

export type ConcertRow = Omit<Row<'concert'>, 'createdAt'>;

/** A schedule that operators change. */
export type LockedScheduleRow = Row<'schedule'>;

export type CancellationRow = Row<'cancellation'>;

/** A new schedule, with the ranges from which its seats are generated, and its areas. */
export interface ScheduleRow extends Omit<LockedScheduleRow, 'cancelledAt' | 'cancelReason'> {
  ranges: readonly SeatRange[];
  areas: readonly NewArea[];
}

/** A draw, without what its timer writes while it holds it. */
export interface DrawRow
  extends Pick<Row<'draw'>, 'id' | 'concertId' | 'queueId' | 'seed' | 'seedHash' | 'gathersAt'>,
    Pick<Row<'draw'>, 'opensAt' | 'createdAt' | 'cancelledAt' | 'closedAt' | 'drawnAt'> {
  /** Whether users gathered already when the row was read. */
  hasBegun: boolean;
}

export type WebhookRow = Row<'webhook'>;
