/**
 * One stream of server-sent events. It writes to the socket directly: a Web stream over Node's response costs several
 * times the memory, and one process serves ten thousand of them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { WireEvent } from './wire-event.ts';

const HEADERS = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' };
/** A client with more unsent bytes is disconnected; it reconnects and resumes after the last event it received. */
const UNSENT_BYTES_MAX = 256 * 1024;

// Read the body once: the Node adapter sends untouched responses through a shortcut, which would send this one too.
const alreadySent = RESPONSE_ALREADY_SENT;
void alreadySent.body;

/** Returns `response`, unless an event stream has already sent its headers: then nothing else can be sent. */
export function unlessStreaming(c: Context, response: Response): Response {
  const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
  return outgoing?.headersSent ? alreadySent : response;
}

/** Keeps track of the open streams. */
export interface StreamOwner {
  /** Called once, when the connection is closed or the stream is withdrawn. */
  closed(stream: EventStream): void;
}

export class EventStream {
  /** Undefined for a HEAD request, whose response must not have a body. */
  readonly #outgoing: ServerResponse | undefined;
  readonly #isChunked: boolean;
  readonly #owner: StreamOwner;
  #isClosed: boolean;
  #onClose: (() => void) | undefined;
  /** Bytes that the client had received at the last heartbeat. */
  #receivedBytes = 0;

  /** @param outgoing Node's response, with nothing sent yet; without one, the stream is created closed */
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

  /** Bytes written that the operating system has not accepted yet, because the client reads too slowly. */
  get unsentBytes(): number {
    return this.#outgoing?.writableLength ?? 0;
  }

  /** Calls `listener`, the only one, when the stream closes; immediately if it is already closed. */
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
    // A pipelined request has no socket until the response before it is finished.
    if (socket && this.#isChunked) socket.write(event.chunk);
    else outgoing.write(event.bare);
    if (this.unsentBytes > UNSENT_BYTES_MAX) outgoing.destroy();
  }

  /** Sends a heartbeat, or disconnects a client that has read nothing since the last one despite unsent bytes. */
  beat(heartbeat: WireEvent): void {
    const outgoing = this.#outgoing;
    const socket = outgoing?.socket;
    if (!outgoing || !socket) return;
    const receivedBytes = socket.bytesWritten - socket.writableLength;
    if (this.unsentBytes > 0 && receivedBytes === this.#receivedBytes) outgoing.destroy();
    else this.send(heartbeat);
    this.#receivedBytes = receivedBytes;
  }

  /** Ends the stream after all pending bytes. */
  end(): void {
    if (this.#outgoing === undefined || this.#isClosed || this.#outgoing.writableEnded) return;
    this.#writeHead();
    this.#outgoing.end();
  }

  /** Closes the stream before anything was sent, so that the route can return another response. */
  withdraw(): void {
    this.#close();
  }

  /** The response that the route returns. It sends the headers even if there is no event yet. */
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

/** Frees the request's headers, tokens included, which Node would otherwise keep until the stream ends hours later. */
function forgetHeaders(incoming: IncomingMessage): void {
  incoming.rawHeaders = [];
  incoming.headers = {};
}
