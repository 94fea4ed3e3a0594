/** The rows that operators' commands change, in memory. */
import type { NewArea } from '../../../src/commands/concerts/create-schedule.ts';
import type { Row } from '../../../src/db/tables.ts';

export type ConcertRow = Row<'concert'>;

/** A new picture of a concert. */
export interface ConcertImageRow extends Omit<Row<'concert_image'>, 'bytes'> {
  /** As base64. */
  data: string;
}

/** A schedule that a command of operators names. */
export interface ScheduleRow extends Row<'schedule'> {
  /** Whether it has ever been ordered. */
  hasOrders: boolean;
}

export type CancellationRow = Row<'cancellation'>;

/** Seats with consecutive numbers that are alike. */
export interface SeatSegment {
  /** The index of the range to which they belong: adjacent seats share one. */
  range: number;
  section: string | null;
  row: string | null;
  from: number;
  to: number;
  price: number;
  category: number | null;
  kind: number;
}

/** A new schedule, with the segments of which its seats are generated, in their order, and its areas. */
export interface NewScheduleRow
  extends Omit<
    ScheduleRow,
    'cancelledAt' | 'cancelReason' | 'closedAt' | 'closeReason' | 'hasOrders'
  > {
  segments: readonly SeatSegment[];
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
