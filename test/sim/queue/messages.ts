/** The queue of webhook messages in memory: the part of BullMQ that `outbox.ts` uses, with its limit, and the consumers. */
import { DelayedError, type Job, type JobsOptions, type Queue, UnrecoverableError } from 'bullmq';
import type { Deliveries } from '../../../workers/outbox/webhooks/deliveries.ts';
import type { Delivery } from '../../../workers/outbox/webhooks/outbox.ts';
import type { Addressed, PendingMessages } from '../../../workers/outbox/webhooks/pending.ts';
import { clock } from '../host/clock.ts';
import { currentProcess, type SimProcess } from '../host/processes.ts';
import type { Line } from './lanes.ts';

interface NewMessage {
  data: Delivery;
  opts: JobsOptions & { jobId: string };
}

interface KeptMessage {
  id: string;
  data: Delivery;
  attempts: number;
  firstRetryMs: number;
  timestamp: number;
  tries: number;
  dueAt: number;
  takenBy: SimProcess | undefined;
  hasEnded: boolean;
}

const LOOK_MS = 300;

export class MemoryMessages {
  readonly #messages = new Map<string, KeptMessage>();
  /** Called with a message that failed in its last try, and how often it was tried. */
  onGivenUp: (id: string, tries: number) => void = () => undefined;

  onEmptied: () => void = () => undefined;

  empty(): void {
    this.#messages.clear();
    this.onEmptied();
  }

  get(id: string): KeptMessage | undefined {
    return this.#messages.get(id);
  }

  add(messages: readonly NewMessage[]): void {
    for (const { data, opts } of messages) {
      const { jobId: id, attempts = 1, backoff } = opts;
      if (this.#messages.has(id)) continue;
      const firstRetryMs = typeof backoff === 'object' ? (backoff.delay ?? 0) : 0;
      this.#messages.set(id, {
        ...{ id, data, attempts, firstRetryMs, tries: 0 },
        ...{ timestamp: clock.now, dueAt: clock.now },
        ...{ takenBy: undefined, hasEnded: false },
      });
    }
  }

  /** The next message that is due. One of a process that has crashed is due again. */
  next(): KeptMessage | undefined {
    for (const message of this.#messages.values()) {
      if (message.hasEnded || message.dueAt > clock.now) continue;
      if (!message.takenBy?.isAlive) return message;
    }
    return undefined;
  }

  /** A try has failed. */
  fail(message: KeptMessage, error: unknown): void {
    message.takenBy = undefined;
    if (error instanceof DelayedError) return;
    message.tries += 1;
    message.dueAt = clock.now + message.firstRetryMs * 2 ** (message.tries - 1);
    message.hasEnded = error instanceof UnrecoverableError || message.tries >= message.attempts;
    if (message.hasEnded) this.onGivenUp(message.id, message.tries);
  }
}

/** A queue of BullMQ, as `WebhookOutbox` uses it. */
export function openMessageQueue(messages: MemoryMessages, line: Line): Queue {
  const addBulk = (added: NewMessage[]) => line.call('add messages', () => messages.add(added));
  const getJobCountByTypes = () => line.call('count messages', () => 0);
  return { addBulk, getJobCountByTypes } as unknown as Queue;
}

/** There is always room for one more. */
export function openPending(messages: MemoryMessages, line: Line): PendingMessages {
  const pending = {
    reserve: (all: readonly Addressed[]) =>
      line.call('reserve messages', () => ({
        taken: all.filter(({ jobId }) => messages.get(jobId) === undefined),
        dropped: [],
      })),
    release: () => line.call('release message', () => undefined),
  };
  return pending as unknown as PendingMessages;
}

/** Delivers the messages that are due, as long as the current process lives. */
export function consumeMessages(messages: MemoryMessages, line: Line, deliver: Deliver): void {
  const me = currentProcess();
  setInterval(() => {
    // Without a message that is due this is no step of the simulation.
    for (let message = messages.next(); message; message = messages.next()) {
      message.takenBy = me;
      void work({ messages, line, deliver }, message);
    }
  }, LOOK_MS);
}

type Deliver = (job: Parameters<Deliveries['deliver']>[0]) => Promise<unknown>;

async function work(
  { messages, line, deliver }: { messages: MemoryMessages; line: Line; deliver: Deliver },
  message: KeptMessage,
): Promise<void> {
  const me = message.takenBy;
  const isMine = () => message.takenBy === me && messages.get(message.id) === message;
  const end = await deliver(jobOf(message)).then(
    () => () => {
      message.takenBy = undefined;
      message.hasEnded = true;
    },
    (error: unknown) => () => messages.fail(message, error),
  );
  // BullMQ's worker repeats what Redis did not hear.
  while (isMine()) {
    await line.call('end message', () => isMine() && end()).catch(() => undefined);
  }
}

/** A job of BullMQ, as `Deliveries` uses it. */
function jobOf(message: KeptMessage): Job<Delivery> {
  const { id, data, timestamp, tries } = message;
  const moveToDelayed = async (until: number) => {
    message.dueAt = until;
  };
  const job = { id, data, timestamp, processedOn: clock.now, attemptsMade: tries, moveToDelayed };
  return job as unknown as Job<Delivery>;
}
