/** The interface of command handlers: the rows a handler needs, and how it applies a command. */
import type {
  AcceptedCommand,
  Command,
  Outcome,
  Refused,
  Succeeded,
} from '../../src/commands/command.ts';
import type { SeatRequest } from '../../src/domain/best-seats/adjacent-seats.ts';
import type { Refusal } from '../../src/domain/reasons.ts';
import type { IdKind, Rows } from '../rows/rows.ts';

/** A command being applied, with the id of its user. */
export interface RunningCommand<Input extends object = object, Name extends string = string>
  extends Omit<AcceptedCommand<Input>, 'acceptedAt'> {
  name: Name;
  jobId: string;
  userId: number;
  acceptedAt: Date;
}

/** The rows that a command needs. All are locked unless noted otherwise. */
export interface Needs {
  /** Places of areas, and how many of each; no area twice. */
  areas?: readonly { areaId: number; quantity: number }[];
  seatIds?: readonly number[];
  /** Orders with all their bookings, and the seats and areas of the live ones. */
  orderIds?: readonly number[];
  /** Bookings; their orders are loaded as those in `orderIds`. */
  bookingIds?: readonly number[];
  /** The check-ins of the orders named by `orderIds` and `bookingIds`. */
  checkIns?: boolean;
  /** Tickets, which are bookings: their orders are locked, without seats and areas, and loaded with their check-ins. */
  ticketIds?: readonly number[];
  /** A schedule named beside `seatIds` and `areas`; the handler learns whether it exists. */
  scheduleId?: number;
  /** The free seats of a schedule. Only the seats that the handler may choose are locked. */
  adjacentSeats?: SeatRequest & { scheduleId: number };
  /** Counts the user's live bookings, and prevents other lanes from adding any until the commit. */
  seatLimit?: boolean;
  /** The points of the command's user. */
  points?: boolean;
  /** The points of the users of `orderIds` and of the checkouts of `refunds`. */
  pointsOfOwners?: boolean;
  /** Users by their subjects, who may be new, and their points. */
  subjects?: readonly string[];
  /** Checkouts by id, and all of the orders named by `orderIds` and `bookingIds`. */
  checkouts?: { ids?: readonly number[]; ofOrders?: true };
  /** Counts what the user has begun to pay by card. Other lanes begin none meanwhile, if `points` is set too. */
  checkoutsOfUser?: boolean;
  /** Refunds to cards, and their checkouts. */
  refunds?: { ids: readonly number[] };
  /** The refunds to cards that failed of a schedule, up to a limit, and their checkouts. */
  failedRefundsOf?: number;
  /** Calls to payment providers that are owed, unlocked. */
  callIds?: readonly number[];
  /** The queue entry of the command's queue token: `book` can prolong it, `pay` can end it, or that of the order. */
  queueToken?: 'book' | 'pay';
  /** The user's open entry in a queue, and the row that numbers and counts the entries. To enter locks no waiting entry. */
  openEntryIn?: { queueId: number; use: 'enter' | 'leave' };
  /** A queue whose settings change. */
  admissionOf?: number;
  /** All queues, unlocked, while no other batch changes any of their ceilings. */
  allQueues?: boolean;
  /** Concerts; they are locked if `queueOfConcerts` or `changesConcerts` is set. */
  concertIds?: readonly number[];
  /** Locks the concerts, which change. */
  changesConcerts?: boolean;
  /** Keeps the concerts in their queue until the commit, and loads their draws. */
  queueOfConcerts?: boolean;
  /** Also the draws that are not held yet of the queues of these concerts, unlocked. No other batch sets or changes times of draws meanwhile. */
  drawsOfQueues?: boolean;
  /** A schedule that the command changes or that must not change meanwhile, and its cancellation if it is cancelled. */
  lockedScheduleId?: number;
  /** Halls of which another version is saved. */
  hallIds?: readonly number[];
  /** A version of a hall. It is not locked, because versions never change. */
  hallVersion?: { hallId: number; version: number };
  webhookIds?: readonly number[];
  /** A seed for a new draw. */
  seed?: boolean;
  /** Per kind, maximum of new rows whose ids the outcome contains. */
  newIds?: Partial<Record<IdKind, number>>;
}

/** The settings that rules depend on; times in ms. */
export interface RuleSettings {
  holdMs: number;
  holdGraceMs: number;
  seatsPerUserMax: number;
  cancelUntilMs: number;
  /** Waiting users at most, of each queue. */
  maxWaiting: number;
  /** The admission of a queue without values of its own: users per window, and active users at most. */
  admitLimit: number;
  admitWindowMs: number;
  maxActive: number;
  /** Active users at most, of all queues together; 0 for no limit. */
  maxActiveTotal: number;
  payments: PaymentSettings;
}

/** The settings of card payments. */
export interface PaymentSettings {
  /** ISO 4217. */
  currency: string;
  /** How long a payment page is open. */
  checkoutMs: number;
  /** After this time the provider of a checkout that heard nothing is asked. */
  reconcileMs: number;
  /** What becomes of money for an order that cannot be paid any more. */
  latePayment: 'refund' | 'keep';
  /** Each is undefined if the provider is switched off. */
  sandbox: object | undefined;
  stripe: object | undefined;
}

export interface Applying<Input extends object = object, Name extends string = string> {
  command: RunningCommand<Input, Name>;
  rows: Rows;
  /** The batch's time by PostgreSQL's clock. */
  now: Date;
  settings: RuleSettings;
}

/**
 * A command's handler. `apply` is synchronous: rows are loaded before it and written after it, so no other command can run
 * between its decision and its change. Both functions are properties, because TypeScript compares the parameters of methods loosely.
 */
export interface Handler<
  Input extends object = object,
  Result extends object = object,
  Name extends string = string,
> {
  /** Whether the command is slow enough for its lane to run separately. */
  takesLong?: boolean;
  /** The command is for operators only: each one that succeeds has a line in the operators' log. */
  isOperators?: boolean;
  needs: (input: Input) => Needs;
  apply: (applying: Applying<Input, Name>) => Outcome<Result>;
}

/** The handler of a command that `defineCommand` has defined. */
export type HandlerOf<Defined> =
  Defined extends Command<infer Name, infer Input, infer Result>
    ? Handler<Input, Result, Name>
    : never;

/** @param result of the type that the handler's command declares: TypeScript also refuses fields that it does not have */
export function succeeded<Result extends object>(result: NoInfer<Result>): Succeeded<Result> {
  return { state: 'succeeded', result };
}

export function rejected({ code, detail, about }: Refusal): Refused {
  return { state: 'rejected', problem: { code, detail, ...about } };
}
