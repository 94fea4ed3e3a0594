/** The contract between API and worker processes: commands and their outcomes. */
import type { z } from 'zod';
import type { EpochMs } from './epoch-ms.ts';

/** The kinds of lanes: what the keys of their commands name. */
export const LANE_KINDS = ['seat', 'user'] as const;

/** Decides the lane of a command. Commands with the same key are applied one at a time, in order. */
export interface LaneKey {
  readonly kind: (typeof LANE_KINDS)[number];
  readonly key: string;
}

/** The definition of a command. */
export interface Command<
  Name extends string = string,
  Input extends object = object,
  Result extends object = object,
  Newer extends PropertyKey = PropertyKey,
> {
  /** Stored in Redis and in receipts, so it must never change; a command with a new meaning needs a new name. */
  readonly name: Name;
  readonly input: z.ZodType<Input>;
  /** What its handler returns. It documents the response, and types handlers and readers; results are not parsed. */
  readonly result: z.ZodType<Result>;
  /** The fields that results in receipts of older versions lack. */
  readonly newerFields?: readonly Newer[];
  /** @param subject the user who sent the command */
  readonly laneKey: (input: Input, subject: string) => LaneKey;
  /** The system alone enqueues it: it has no route. */
  readonly isInternal?: true;
}

/** Infers the types of a command from its schemas. */
export function defineCommand<
  Name extends string,
  Input extends object,
  Result extends object,
  Newer extends keyof Result = never,
>(definition: Command<Name, Input, Result, Newer>): Command<Name, Input, Result, Newer> {
  return definition;
}

/** The key of commands that change data of the user who sends them. */
export const byUser = (_input: object, subject: string): LaneKey => ({
  kind: 'user',
  key: subject,
});

/** The queue that serves every concert without one of its own. It exists from the start. */
export const HOUSE_QUEUE = 1;

/**
 * The key of commands that enter or leave a waiting queue. Those of one queue share a lane, so that entries are numbered in the
 * order of arrival. Several lanes would not be faster: each batch locks the row that counts the entries. No subject contains
 * NUL, so no user shares a key with a queue; the house queue keeps the key under which older versions enqueued.
 */
export const byWaitingQueue = ({
  queueId = HOUSE_QUEUE,
}: {
  queueId?: number | undefined;
}): LaneKey => ({
  kind: 'user',
  key: queueId === HOUSE_QUEUE ? 'the waiting queue' : `\0queue:${queueId}`,
});

/** The data of a job: a command that an API process accepted. It contains no token. */
export interface AcceptedCommand<Input extends object = object> {
  subject: string;
  /** The name claim of the access token, for the row of a new user. */
  userName?: string | undefined;
  input: Input;
  /** When the command was accepted, in ms since 1970 by PostgreSQL's clock. */
  acceptedAt: EpochMs;
  /** A digest of name and input if there is an idempotency key; it distinguishes a retry from another request. */
  requestHash: string;
  /** The queue entry that the request's queue token names. */
  entryId?: number | undefined;
  /** The id of the HTTP request, for logs. */
  requestId?: string | undefined;
  /** The span under which the worker continues the trace (W3C Trace Context); set only if the request is traced. */
  traceparent?: string | undefined;
}

/** Why a command had no effect. `code` is the reason of a refusal, or COMMAND_FAILED. */
export interface OutcomeProblem {
  code: string;
  detail: string;
  [about: string]: string | number;
}

export interface Succeeded<Result extends object = object> {
  state: 'succeeded';
  result: Result;
}

export interface Refused {
  state: 'rejected' | 'failed';
  problem: OutcomeProblem;
}

/**
 * The outcome of a command. `rejected`: a rule refused it. `failed`: it could not be applied, and all retries are used
 * up. Neither has any effect.
 */
export type Outcome<Result extends object = object> = Succeeded<Result> | Refused;

/** An outcome with the time of its transaction, in ms since 1970 by PostgreSQL's clock. */
export interface FinishedOutcome {
  outcome: Outcome;
  finishedAt: EpochMs;
  /** When the command was accepted first, if its job was lost and added again later; in ms since 1970. */
  firstAcceptedAt?: EpochMs | undefined;
}

export const COMMAND_FAILED: Outcome = {
  state: 'failed',
  problem: {
    code: 'COMMAND_FAILED',
    detail: 'The command failed in every attempt. It had no effect.',
  },
};
