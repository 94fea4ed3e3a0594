/** All event streams of a process: their limit, heartbeats and shutdown. */
import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { Logger } from 'pino';
import { Problem } from '../problems/problems.ts';
import { SlotLimit, type SlotLimits } from '../slot-limit.ts';
import { EventStream, type StreamOwner } from './event-stream.ts';
import { toComment } from './wire-event.ts';

/** Proxies commonly close a connection after a minute without data. */
const HEARTBEAT_MS = 15_000;
/** Heartbeats are spread over ticks: ten thousand writes at once would delay every other request. */
const TICKS = 60;
const RETRY_AFTER_SECONDS = 5;
const heartbeat = toComment('heartbeat');

interface OpenStream {
  subject: string;
  isAllowed: IsAllowed | undefined;
}

/** Whether the client of a stream may still read it. */
type IsAllowed = () => Promise<boolean>;

export class EventStreams implements StreamOwner {
  readonly limit: SlotLimit;
  readonly #streams = new Map<EventStream, OpenStream>();
  readonly #timer: NodeJS.Timeout;
  #round: Iterator<EventStream> = [].values();
  #due = 0;

  /** @param heartbeatMs how often each stream gets a heartbeat */
  constructor(limits: SlotLimits, heartbeatMs = HEARTBEAT_MS) {
    this.limit = new SlotLimit(limits);
    this.#timer = setInterval(() => this.#beatSome(), heartbeatMs / TICKS);
    this.#timer.unref();
  }

  /**
   * Opens a stream for a request; the route returns its `respond()`. For a HEAD request the stream is created closed.
   * @param isAllowed asked with each heartbeat; once it says no, the stream ends, and the client that connects again is told why
   * @throws Problem TOO_MANY_STREAMS if the process or the user has reached the limit
   */
  open(c: Context, subject: string, isAllowed?: IsAllowed): EventStream {
    const { outgoing } = c.env as { outgoing: ServerResponse };
    if (c.req.method === 'HEAD' || outgoing.destroyed) return new EventStream(undefined, this);
    if (!this.limit.tryAcquire(subject)) throw tooManyStreams();
    const stream = new EventStream(outgoing, this);
    this.#streams.set(stream, { subject, isAllowed });
    return stream;
  }

  closed(stream: EventStream): void {
    const open = this.#streams.get(stream);
    if (!open) return;
    this.#streams.delete(stream);
    this.limit.release(open.subject);
  }

  /** Ends all streams; the clients reconnect to another process. */
  stop(): void {
    clearInterval(this.#timer);
    for (const stream of this.#streams.keys()) stream.end();
  }

  #beatSome(): void {
    // With fewer streams than ticks, a tick owes a fraction of a heartbeat, which is carried over to the next one.
    this.#due = Math.min(this.#due + this.#streams.size / TICKS, this.#streams.size);
    for (; this.#due >= 1; this.#due -= 1) {
      let next = this.#round.next();
      if (next.done) {
        this.#round = this.#streams.keys();
        next = this.#round.next();
      }
      if (!next.done) this.#beat(next.value);
    }
  }

  #beat(stream: EventStream): void {
    stream.beat(heartbeat);
    const isAllowed = this.#streams.get(stream)?.isAllowed;
    // While that cannot be read, nobody is sent away.
    isAllowed?.().then(
      (isStill) => isStill || stream.end(),
      () => undefined,
    );
  }
}

function tooManyStreams(): Problem {
  const detail = 'Too many event streams are open. Close one, or try again later.';
  return new Problem('TOO_MANY_STREAMS', { detail, retryAfterSeconds: RETRY_AFTER_SECONDS });
}

/**
 * Runs `push` and then ends the stream. An error also ends it: the client reconnects and gets the error as a response.
 * The error itself is only logged, because a database driver's message may contain data.
 */
export function respondWithEvents(
  stream: EventStream,
  log: Logger,
  push: (stream: EventStream) => Promise<void>,
): Response {
  push(stream)
    .catch((error) => log.warn({ err: error }, 'Event stream failed; the client will reconnect.'))
    .finally(() => stream.end());
  return stream.respond();
}
