/** What the handler of a command needs from the database. The loaders in workers/rows read it. */
import type { SeatRequest } from '../../src/domain/best-seats/adjacent-seats.ts';
import type { IdKind } from '../rows/rows.ts';

/** All rows are locked unless noted otherwise. What refines a need is a field of it, so that it cannot be declared alone. */
export type Needs = RowsNeeded & ConcertsNeeded;

interface RowsNeeded {
  /** Places for a new order of the command's user. */
  places?: PlacesNeeded;
  /** Seats that change without an order. */
  seatIds?: readonly number[];
  /** An order with all its bookings, and the seats and areas of the live ones. */
  order?: OrderNeeded;
  /** A ticket, which is a booking: its order is locked, without seats and areas, and loaded with its check-ins. */
  ticketId?: number;

  /** The points of the command's user. */
  points?: boolean;
  /** The subject of a user, who may be new, and whose points are needed. */
  pointsOfSubject?: string;
  /** Counts what the command's user has begun to pay by card. Other lanes begin none meanwhile, because the user's points are locked too. */
  begunCheckouts?: boolean;
  checkoutId?: number;
  /** A refund to a card, and its checkout; `withPoints`: the points of the user of the checkout. */
  refund?: { id: number; withPoints?: boolean };
  /** A schedule of which the refunds to cards that failed are needed, up to a limit, and their checkouts. */
  failedRefundsOf?: number;
  /** A call to a payment provider that is owed, unlocked. */
  callId?: number;

  /** The user's open entry in a queue, and the row that numbers and counts the entries. To enter locks no waiting entry. */
  openEntryIn?: { queueId: number; use: 'enter' | 'leave' };
  /** All queues, while no other batch changes any of their ceilings. Only the one whose settings change is locked. */
  allQueues?: true | { changedId: number };

  /** A schedule that the command changes or that must not change meanwhile, and its cancellation if it is cancelled. */
  lockedScheduleId?: number;
  /** A hall of which another version is saved. */
  hallId?: number;
  /** A version of a hall. It is not locked, because versions never change. */
  hallVersion?: { hallId: number; version: number };
  webhookId?: number;

  /** Per kind, maximum of new rows whose ids the outcome contains. */
  newIds?: Partial<Record<IdKind, number>>;
}

/**
 * Places to hold, with the queue entry of the command's token, which a new order can prolong. Also counts the user's live bookings,
 * and prevents other lanes from adding any until the commit.
 */
type PlacesNeeded = SeatsNeeded | PlacesOfSchedule;

/** Seats, whatever their schedule is. */
interface SeatsNeeded {
  seatIds: readonly number[];
  scheduleId?: never;
  areas?: never;
  best?: never;
}

/** Places of a schedule that the command names; the handler learns whether it exists. */
interface PlacesOfSchedule {
  scheduleId: number;
  seatIds?: readonly number[] | undefined;
  /** Areas, and how many places of each; no area twice. */
  areas?: readonly { areaId: number; quantity: number }[] | undefined;
  /** Free seats of the schedule. Only those that the handler may choose are locked. */
  best?: SeatRequest | undefined;
}

/** An order, named by its id or by one of its bookings. */
type OrderNeeded = (OrderById | OrderOfBooking) & {
  withCheckIns?: boolean;
  withCheckouts?: boolean;
  /** The queue entries that a payment can end: that of the order, and that of the command's token. */
  withQueueEntry?: boolean;
};

interface OrderById {
  id: number;
  bookingId?: never;
  /** The points of the order's user, who need not be the command's. */
  withPoints?: boolean;
}

interface OrderOfBooking {
  bookingId: number;
  id?: never;
  withPoints?: never;
}

/** Concerts, which are locked if they change; or draws and their concerts, which stay in their queue until the commit. */
type ConcertsNeeded =
  | { concertIds?: readonly number[]; changesConcerts?: false; draws?: never }
  | { concertIds: readonly number[]; changesConcerts: true; draws?: never }
  | { concertIds?: never; changesConcerts?: never; draws: DrawsNeeded };

interface DrawsNeeded {
  /** All draws of these concerts. */
  concertIds: readonly number[];
  /** Also the draws that are not held yet of the same queues, unlocked. No other batch sets or changes times of draws meanwhile. */
  withOthersOfQueues?: boolean;
  /** Also a seed for a new draw. */
  withSeed?: boolean;
}
