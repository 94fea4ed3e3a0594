/** The interface of command handlers: a handler says what it needs, and applies a command. */
import type {
  AcceptedCommand,
  Command,
  Outcome,
  Refused,
  Succeeded,
} from '../../src/commands/command.ts';
import type { Refusal } from '../../src/domain/reasons.ts';
import type { Rows } from '../rows/rows.ts';
import type { Needs } from './needs.ts';

/** A command being applied, with the id of its user. */
export interface RunningCommand<Input extends object = object, Name extends string = string>
  extends Omit<AcceptedCommand<Input>, 'acceptedAt'> {
  name: Name;
  jobId: string;
  userId: number;
  acceptedAt: Date;
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
  /** By when the grace period of a hold must have ended, so that others get its places: see `holdsOverBy`. */
  overBy: Date;
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
