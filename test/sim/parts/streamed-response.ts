/**
 * The part of Node's response with which an API process streams events, and the client's end of that connection: what the process
 * writes is read later, in order, or never if the connection breaks before.
 */
import { EventEmitter } from 'node:events';
import { currentProcess, type SimProcess } from '../host/processes.ts';
import type { Scheduler } from '../host/scheduler.ts';

/** The connection broke before the stream had ended. */
export class StreamBroken extends TypeError {}

/** A connection over which a client reads events. */
export interface EventConnection {
  /** Resolves with what comes next; undefined at the end of the stream. @throws StreamBroken */
  read(): Promise<Uint8Array | undefined>;
  /** The client leaves. */
  close(): void;
}

export class StreamedResponse extends EventEmitter implements EventConnection {
  readonly #scheduler: Scheduler;
  readonly #server: SimProcess;
  readonly #client = currentProcess();
  readonly #unread: Uint8Array[] = [];
  #isBroken = false;
  readonly req = { httpVersion: '1.0', rawHeaders: [], headers: {} };
  readonly socket = { bytesWritten: 0, writableLength: 0 };
  headersSent = false;
  writableEnded = false;
  destroyed = false;

  /** Made by the client's process. @param server which writes */
  constructor(scheduler: Scheduler, server: SimProcess) {
    super();
    this.#scheduler = scheduler;
    this.#server = server;
    server.onCrash(() => {
      this.#isBroken = true;
    });
  }

  get writableLength(): number {
    return this.socket.writableLength;
  }

  /** Whether events may still come. */
  get isOpen(): boolean {
    return this.headersSent && !this.#isBroken && !this.writableEnded;
  }

  setHeader(): void {}

  writeHead(): void {
    this.headersSent = true;
  }

  flushHeaders(): void {}

  write(bytes: Uint8Array): void {
    this.#unread.push(bytes);
    this.socket.bytesWritten += bytes.length;
    this.socket.writableLength += bytes.length;
  }

  end(): void {
    this.writableEnded = true;
  }

  destroy(): void {
    this.break();
  }

  /** The connection breaks: each end learns of it by itself. */
  break(): void {
    this.#isBroken = true;
    this.#tellServer();
  }

  async read(): Promise<Uint8Array | undefined> {
    const hasNews = () => this.#unread.length > 0 || this.writableEnded || this.#isBroken;
    await new Promise<void>((resolve) => {
      this.#client.run(() => this.#scheduler.add('reads events', resolve, hasNews));
    });
    if (this.#isBroken) throw new StreamBroken('The stream broke.');
    const bytes = this.#unread.shift();
    this.socket.writableLength -= bytes?.length ?? 0;
    if (!bytes) this.#tellServer();
    return bytes;
  }

  close(): void {
    this.break();
  }

  #tellServer(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    const tell = () => this.emit('close');
    this.#server.run(() => this.#scheduler.add('has a stream closed', tell));
  }
}
