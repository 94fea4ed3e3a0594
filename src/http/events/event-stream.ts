/**
 * One stream of server-sent events. It writes to the socket itself: a stream of the Web's API over Node's costs several
 * times the memory, and one process holds ten thousand of them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { WireEvent } from './wire-event.ts';

const HEADERS = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' };
/** A client that is further behind is disconnected; it resumes from the last event that it got. */
const UNSENT_BYTES_MAX = 256 * 1024;

// The adapter takes a shortcut for responses that nobody has looked into, and would send this one.
const alreadySent = RESPONSE_ALREADY_SENT;
void alreadySent.body;

/** The answer to a request whose stream may have begun: then its headers are sent, and nothing else can be answered. */
export function unlessStreaming(c: Context, answer: Response): Response {
  const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
  return outgoing?.headersSent ? alreadySent : answer;
}

/** Whoever counts the open streams. */
export interface StreamOwner {
  /** Called once, when the connection has ended or the stream was withdrawn. */
  closed(stream: EventStream): void;
}

export class EventStream {
  /** Undefined where nothing may be written: the stream answers a HEAD request. */
  readonly #outgoing: ServerResponse | undefined;
  readonly #isChunked: boolean;
  readonly #owner: StreamOwner;
  #isClosed: boolean;
  #onClose: (() => void) | undefined;
  /** Bytes that the client had taken at the last heartbeat. */
  #takenBytes = 0;

  /** @param outgoing Node's response, on which nothing was sent yet; without one the stream is closed from the start */
  constructor(outgoing: ServerResponse | undefined, owner: StreamOwner) {
    this.#outgoing = outgoing;
    this.#owner = owner;
    this.#isChunked = outgoing?.req.httpVersion === '1.1';
    this.#isClosed = outgoing === undefined;
    outgoing?.on('close', () => this.#close());
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** What was sent and the system has not taken yet: the client reads too slowly. */
  get unsentBytes(): number {
    return this.#outgoing?.writableLength ?? 0;
  }

  /** Has the one `listener` called when the stream is closed; at once if it is closed already. */
  onClose(listener: () => void): void {
    if (this.#isClosed) listener();
    else this.#onClose = listener;
  }

  /** Sends an event, or disconnects a client that reads too slowly. */
  send(event: WireEvent): void {
    const outgoing = this.#outgoing;
    if (outgoing === undefined || this.#isClosed || outgoing.writableEnded) return;
    this.#writeHead();
    const { socket } = outgoing;
    // A request that was pipelined behind another has no socket until it is its turn.
    if (socket && this.#isChunked) socket.write(event.chunk);
    else outgoing.write(event.bare);
    if (this.unsentBytes > UNSENT_BYTES_MAX) outgoing.destroy();
  }

  /** Sends a heartbeat, or disconnects a client that has taken nothing of what it was sent since the last one. */
  beat(heartbeat: WireEvent): void {
    const outgoing = this.#outgoing;
    const socket = outgoing?.socket;
    if (!outgoing || !socket) return;
    const takenBytes = socket.bytesWritten - socket.writableLength;
    if (this.unsentBytes > 0 && takenBytes === this.#takenBytes) outgoing.destroy();
    else this.send(heartbeat);
    this.#takenBytes = takenBytes;
  }

  /** Ends the stream when everything was sent. */
  end(): void {
    if (this.#outgoing === undefined || this.#isClosed || this.#outgoing.writableEnded) return;
    this.#writeHead();
    this.#outgoing.end();
  }

  /** Gives the stream up before anything was sent: the request is answered otherwise. */
  withdraw(): void {
    this.#close();
  }

  /** What the route returns. The headers are on their way with it, even where there is no event yet. */
  respond(): Response {
    if (this.#outgoing === undefined) return new Response(null, { headers: HEADERS });
    if (!this.#isClosed) this.#writeHead();
    forgetHeaders(this.#outgoing.req);
    return alreadySent;
  }

  #writeHead(): void {
    if (this.#outgoing === undefined || this.#outgoing.headersSent) return;
    this.#outgoing.writeHead(200, HEADERS);
    this.#outgoing.flushHeaders();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClose?.();
    this.#owner.closed(this);
  }
}

/** The headers of a request, tokens among them, are kept until its answer ends: for a stream that is hours. */
function forgetHeaders(incoming: IncomingMessage): void {
  incoming.rawHeaders = [];
  incoming.headers = {};
}
