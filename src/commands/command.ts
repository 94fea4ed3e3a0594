/** The contract between the two processes: what a command is, and what can come of it. */
import type { z } from 'zod';

/** Which lane a command goes to: commands of one key are applied one at a time, in order. */
export interface LaneKey {
  readonly kind: 'seat' | 'user';
  readonly key: string;
}

/** A command's definition: its name on the wire, its input, its key. */
export interface Command<Name extends string = string, Input extends object = object> {
  /** Travels in Redis and stands in receipts: never changes; a new meaning gets a new name. */
  readonly name: Name;
  readonly input: z.ZodType<Input>;
  /** @param subject whose command it is */
  readonly laneKey: (input: Input, subject: string) => LaneKey;
}

export function defineCommand<Name extends string, Schema extends z.ZodType<object>>(definition: {
  name: Name;
  input: Schema;
  laneKey: (input: z.infer<Schema>, subject: string) => LaneKey;
}) {
  return definition as unknown as Command<Name, z.infer<Schema>>;
}

/** The key of commands that change what belongs to their user. */
export const byUser = (_input: object, subject: string): LaneKey => ({
  kind: 'user',
  key: subject,
});

/**
 * The key of commands that change who waits: one lane for all of them, so that numbers are given in the
 * order of arrival. Their batches would take turns anyway, for the row that counts places.
 */
export const byWaitingQueue = (): LaneKey => ({ kind: 'user', key: 'the waiting queue' });

/** What travels in a job: a command that an API process accepted. It carries no token. */
export interface AcceptedCommand<Input extends object = object> {
  subject: string;
  /** The name claim of the access token, for a user who is new. */
  userName?: string | undefined;
  input: Input;
  /** When it was accepted, in ms since 1970 by PostgreSQL's clock. */
  acceptedAt: number;
  /** Digest of name and input where there is an idempotency key: tells a retry from another request. */
  requestHash: string;
  /** The number of the queue entry whose queue token came with it. */
  queueNumber?: number | undefined;
  /** The request that it came with, as logs know it. */
  requestId?: string | undefined;
  /** Where its trace goes on (W3C Trace Context); only where it is traced. */
  traceparent?: string | undefined;
}

/** Why a command had no effect. `code` is one of the refusals, or COMMAND_FAILED. */
export interface OutcomeProblem {
  code: string;
  detail: string;
  [about: string]: string | number;
}

/**
 * What came of a command. `rejected`: a rule said no. `failed`: the system could not do it after its
 * retries; nothing took effect.
 */
export type Outcome =
  | { state: 'succeeded'; result: object }
  | { state: 'rejected' | 'failed'; problem: OutcomeProblem };

/** An outcome with the time of its transaction, in ms since 1970 by PostgreSQL's clock. */
export interface FinishedOutcome {
  outcome: Outcome;
  finishedAt: number;
}

export const COMMAND_FAILED: Outcome = {
  state: 'failed',
  problem: {
    code: 'COMMAND_FAILED',
    detail: 'The system could not carry out this command. Nothing took effect.',
  },
};
