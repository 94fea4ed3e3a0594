/** What a handler is: what it needs, and what it does with it. */
import type { AcceptedCommand, Outcome } from '../../src/commands/command.ts';
import type { Wish } from '../../src/domain/adjacent-seats.ts';
import type { Refusal } from '../../src/domain/reasons.ts';
import type { IdKind, Rows } from '../rows/rows.ts';

/** A command in the hands of a worker, with its user's row. */
export interface RunningCommand<Input extends object = object>
  extends Omit<AcceptedCommand<Input>, 'acceptedAt'> {
  name: string;
  jobId: string;
  userId: number;
  acceptedAt: Date;
}

/** The rows that a command needs before it can be applied; all are locked unless it says otherwise. */
export interface Needs {
  seatIds?: readonly number[];
  /** Bookings, and the seats that they are for. */
  bookingIds?: readonly number[];
  /** The free seats of a schedule, of which as many are locked as the handler may choose. */
  adjacentSeats?: Wish & { scheduleId: number };
  /** Counts the user's live bookings, and keeps other lanes from adding to them meanwhile. */
  seatLimit?: boolean;
  /** The command's own user's points. */
  points?: boolean;
  /** The queue entry of the command's queue token: only looked at, or ended too. */
  queueToken?: 'check' | 'end';
  /** The command's own user's open queue entry, and the row that numbers and counts places. */
  waitingQueue?: boolean;
  concertIds?: readonly number[];
  webhookIds?: readonly number[];
  /** The draw of a concert, and a seed for a new one. */
  drawOf?: number;
  /** How many new rows of a kind it may add whose id its outcome gives. */
  newIds?: Partial<Record<IdKind, number>>;
}

/** The settings that rules depend on; times in ms. */
export interface RuleSettings {
  holdMs: number;
  holdGraceMs: number;
  seatsPerUserMax: number;
  cancelUntilMs: number;
  maxWaiting: number;
}

export interface Applying<Input extends object = object> {
  command: RunningCommand<Input>;
  rows: Rows;
  /** The batch's time by PostgreSQL's clock. */
  now: Date;
  settings: RuleSettings;
}

/**
 * A command's handler. `apply` is synchronous: all reading happens before it, all writing after, so
 * no other command can come between its decision and its change.
 */
export interface Handler<Input extends object = object> {
  /** It may write so much that commands of other lanes had better not wait for its commit. */
  takesLong?: boolean;
  needs(input: Input): Needs;
  apply(applying: Applying<Input>): Outcome;
}

export function succeeded(result: object): Outcome {
  return { state: 'succeeded', result };
}

export function rejected({ code, detail, about }: Refusal): Outcome {
  return { state: 'rejected', problem: { code, detail, ...about } };
}
