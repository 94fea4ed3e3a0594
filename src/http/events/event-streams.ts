/** The streams of server-sent events of a process: how many there may be, their heartbeat, and their end. */
import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import type { Logger } from 'pino';
import { Problem } from '../problems/problems.ts';
import { SlotLimit, type SlotLimits } from '../slot-limit.ts';
import { EventStream, type StreamOwner } from './event-stream.ts';
import { toComment } from './wire-event.ts';

/** Proxies close connections on which nothing was sent for a minute. */
const HEARTBEAT_MS = 15_000;
/** Heartbeats are spread over turns: ten thousand writes at once would delay every other request. */
const TURNS = 60;
const RETRY_AFTER_SECONDS = 5;
const heartbeat = toComment('still there');

export class EventStreams implements StreamOwner {
  readonly limit: SlotLimit;
  /** The open streams, each with its user. */
  readonly #streams = new Map<EventStream, string>();
  readonly #timer: NodeJS.Timeout;
  #round: Iterator<EventStream> = [].values();
  #due = 0;

  /** @param heartbeatMs how often each stream gets a heartbeat */
  constructor(limits: SlotLimits, heartbeatMs = HEARTBEAT_MS) {
    this.limit = new SlotLimit(limits);
    this.#timer = setInterval(() => this.#beatSome(), heartbeatMs / TURNS);
    this.#timer.unref();
  }

  /**
   * Opens a stream as the answer to a request; the route returns what its `respond()` gives. To a HEAD request the stream
   * is closed from the start.
   * @throws Problem TOO_MANY_STREAMS where the process or the user has as many as are allowed
   */
  open(c: Context, subject: string): EventStream {
    const { outgoing } = c.env as { outgoing: ServerResponse };
    if (c.req.method === 'HEAD' || outgoing.destroyed) return new EventStream(undefined, this);
    if (!this.limit.tryAcquire(subject)) throw tooManyStreams();
    const stream = new EventStream(outgoing, this);
    this.#streams.set(stream, subject);
    return stream;
  }

  closed(stream: EventStream): void {
    const subject = this.#streams.get(stream);
    if (subject === undefined) return;
    this.#streams.delete(stream);
    this.limit.release(subject);
  }

  /** Ends all streams: their clients come back to another process. */
  stop(): void {
    clearInterval(this.#timer);
    for (const stream of this.#streams.keys()) stream.end();
  }

  #beatSome(): void {
    // With few streams most turns have none to beat: what is left of a stream is carried over to the next turn.
    this.#due = Math.min(this.#due + this.#streams.size / TURNS, this.#streams.size);
    for (; this.#due >= 1; this.#due -= 1) {
      let next = this.#round.next();
      if (next.done) {
        this.#round = this.#streams.keys();
        next = this.#round.next();
      }
      if (!next.done) next.value.beat(heartbeat);
    }
  }
}

function tooManyStreams(): Problem {
  const detail = 'Too many event streams are open. Close one, or try again later.';
  return new Problem('TOO_MANY_STREAMS', { detail, retryAfterSeconds: RETRY_AFTER_SECONDS });
}

/**
 * Pushes events until `push` is done, and ends the stream. An error ends it too: the client reconnects, and is
 * answered with the error then. It goes to the log alone, because a driver's message may hold data.
 */
export function respondWithEvents(
  stream: EventStream,
  log: Logger,
  push: (stream: EventStream) => Promise<void>,
): Response {
  push(stream)
    .catch((error) => log.warn({ err: error }, 'An event stream failed; its client reconnects.'))
    .finally(() => stream.end());
  return stream.respond();
}
