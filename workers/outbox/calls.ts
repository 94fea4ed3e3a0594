/** Makes the calls that are owed to payment providers, and enqueues their answers as commands. */
import type { Job } from 'bullmq';
import type { Command } from '../../src/commands/command.ts';
import type { Database } from '../../src/db/connection/orm.ts';
import { PAYMENTS_QUEUE, REFUNDS_QUEUE } from '../../src/lanes/bullmq/queues.ts';
import type { SystemCommands } from '../../src/lanes/system-commands.ts';
import { inTime } from '../../src/runtime/in-time.ts';
import { retryDelay, TRIES_MAX } from './backoff.ts';
import { type CallKind, findCalls, type OwedCall } from './find-calls.ts';
import { LoggedReasons } from './logged-reasons.ts';
import type { CallJob } from './offer-calls.ts';
import { oneQueryAtATime } from './one-query-at-a-time.ts';
import { CallPostponed, postponeOnFailure, reasonOf } from './postponed.ts';
import { clockOf, postpone, type QueueWorkerDeps, startQueueWorker } from './queue-worker.ts';

/** Maximum of concurrent calls in this process, by queue. The refunds of a cancelled performance may take minutes. */
const PAYMENTS_MAX = 50;
const REFUNDS_MAX = 10;
/** The timeout of one call, in ms. */
const TIMEOUT_MS = 10_000;
/** How long the lane of an answer is waited for, in ms. On a Redis Cluster its node may hang alone, and must not occupy the calls of other lanes. */
const ENQUEUE_MS_MAX = 1000;
/** How long a worker that stops waits for its calls, in ms; the whole stop may take nine seconds. */
const STOP_MS = 5000;
/** The delay of a call while PostgreSQL or the lane of its answer cannot be reached, or this worker does not know its kind or provider, in ms. */
const AWAY_MS = 5000;

/** The command that brings the answer of a call. It deletes the row of the call. */
export interface Answer {
  command: Command;
  input: object;
  /** The user whose data the command changes. */
  subject: string;
}

/** @returns the answer with a command whose input fits it */
export function answerBy<Input extends object>(
  command: Command<string, Input>,
  input: Input,
  subject: string,
): Answer {
  return { command: command as unknown as Command, input, subject };
}

export interface Attempt {
  /** A call is offered again, with the next number, until its row is deleted. */
  offerNumber: number;
  /** Aborted after ten seconds, and when the process stops. */
  signal: AbortSignal;
}

/**
 * Makes a call of one kind. It may be made several times, also at the same time: the provider recognises it by a key that follows
 * from the call alone.
 * @returns the answer, or undefined if the call is no longer owed and its row was deleted
 * @throws {CallPostponed} to postpone the call, and any other error to have it tried again. A refusal that would come again is an answer.
 */
export type MakeCall = (call: OwedCall, attempt: Attempt) => Promise<Answer | undefined>;

export type CallMakers = Readonly<Partial<Record<CallKind, MakeCall>>>;

export interface CallDeps extends QueueWorkerDeps {
  orm: Database;
  makers: CallMakers;
  commands: Pick<SystemCommands, 'enqueue'>;
  /** Checks that this process and the others agree on the lanes. @throws any error if they do not; the calls then wait */
  checkCounts(): Promise<void>;
  /** The timeout of one call, in ms. */
  callTimeoutMs?: number;
  /** How long `close` waits for calls in flight before it aborts them, in ms. */
  callStopMs?: number;
  /** The delay of a postponed call, in ms. */
  awayMs?: number;
  /** The delay before a failed call is tried again, in ms. */
  retryDelay?: (triesMade: number) => number;
}

export interface MakingCalls {
  /**
   * Makes the call of a job if it is still owed, and enqueues its answer.
   * @throws {CallPostponed} if the call must wait; any other error uses one of its tries
   */
  make(job: CallJob): Promise<void>;
  /** Aborts the calls in flight, and makes no others. */
  abort(): void;
  readonly isAborted: boolean;
}

/** What becomes of a job, whatever queue it comes from. */
export function makingCalls(
  deps: Pick<CallDeps, 'orm' | 'makers' | 'commands' | 'checkCounts' | 'callTimeoutMs'>,
): MakingCalls {
  const { orm, makers, commands, callTimeoutMs = TIMEOUT_MS } = deps;
  const stopping = new AbortController();
  const find = oneQueryAtATime(async (ids) => {
    await deps.checkCounts();
    return findCalls(orm, ids);
  });

  const makeInTime = async (call: OwedCall, offerNumber: number) => {
    const make = makers[call.kind];
    if (!make) throw new CallPostponed(`This worker cannot make calls of the kind ${call.kind}.`);
    // An aborted signal would never reject: no call may begin with one.
    if (stopping.signal.aborted) throw new CallPostponed(STOPPED);
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(callTimeoutMs)]);
    const answer = Promise.race([make(call, { offerNumber, signal }), aborted(signal)]);
    return answer.catch((error: unknown) => {
      throw error === stopping.signal.reason ? new CallPostponed(STOPPED) : error;
    });
  };

  return {
    async make({ callId, offerNumber }) {
      const call = await postponeOnFailure(find(callId));
      if (!call) return;
      const answer = await makeInTime(call, offerNumber);
      if (!answer) return;
      // Read again: the answer is accepted now, not when the call began, and the call may have been settled meanwhile.
      const answered = await postponeOnFailure(find(callId));
      if (!answered) return;
      // The number is part of the text: if the command fails, the answer of a later offer is a new command.
      const receiptText = `call ${callId} ${offerNumber}`;
      const by = { subject: answer.subject, receiptText, acceptedAt: answered.now };
      const enqueuing = commands.enqueue(answer.command, answer.input, by);
      await postponeOnFailure(inTime(enqueuing, ENQUEUE_MS_MAX));
    },
    abort: () => stopping.abort(new Error(STOPPED)),
    get isAborted() {
      return stopping.signal.aborted;
    },
  };
}

/**
 * Starts making calls in this process. `close` waits for calls in flight; what it aborts is made by another process. Only the
 * provider's failures use up a try of a job: nobody must be woken because of a provider when PostgreSQL was away.
 */
export function startCalls(deps: CallDeps): { close(): Promise<void> } {
  const { log, callStopMs = STOP_MS } = deps;
  const calls = makingCalls(deps);
  const reasons = new LoggedReasons();

  const work = async (job: Job<CallJob>, token?: string): Promise<void> => {
    const now = clockOf(job);
    await calls.make(job.data).catch((error: unknown) => {
      if (!(error instanceof CallPostponed)) throw error;
      if (calls.isAborted) return postpone(job, token, now());
      const level = reasons.isDue(reasonOf(error)) ? 'warn' : 'debug';
      log[level]({ err: error.cause, ...job.data }, `${error.message} The call waits.`);
      return postpone(job, token, now() + (deps.awayMs ?? AWAY_MS));
    });
  };

  const start = (queue: typeof PAYMENTS_QUEUE | typeof REFUNDS_QUEUE, concurrency: number) =>
    startQueueWorker<CallJob>(deps, {
      queue,
      work,
      concurrency,
      triesMax: TRIES_MAX,
      about: ({ callId, offerNumber }) => ({ callId, offerNumber }),
      lines: {
        retried: 'A call to a payment provider failed; it will be retried.',
        givenUp: 'A call to a payment provider failed on its last try; it will be offered again.',
      },
      // The calls of a process that was killed continue elsewhere after at most twenty seconds.
      options: {
        lockDuration: 15_000,
        stalledInterval: 5000,
        settings: { backoffStrategy: deps.retryDelay ?? ((triesMade) => retryDelay(triesMade)) },
      },
    });
  const workers = [start(PAYMENTS_QUEUE, PAYMENTS_MAX), start(REFUNDS_QUEUE, REFUNDS_MAX)];
  return {
    async close() {
      const timer = setTimeout(() => calls.abort(), callStopMs);
      await Promise.all(workers.map((worker) => worker.close()));
      clearTimeout(timer);
    },
  };
}

const STOPPED = 'The worker stopped during the call.';

/** Rejects when the signal is aborted, also where the call itself does not listen to it. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
