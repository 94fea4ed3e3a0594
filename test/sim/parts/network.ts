/** Requests of clients to API processes: each may reach any of them, and a crash of the process loses it. */
import { currentProcess } from '../host/processes.ts';
import type { SimApi } from './api.ts';
import { type EventConnection, StreamedResponse } from './streamed-response.ts';
import type { World } from './world.ts';

export interface SimRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  /** A text is sent as it is. */
  body?: object | string | undefined;
}

export interface SimResponse {
  status: number;
  body: any;
  /** An event stream, whose events are read from here. */
  stream?: EventConnection;
}

/** The response is lost: the process crashed. */
export class ConnectionReset extends Error {}

export class Network {
  readonly #world: World;
  readonly apis: SimApi[] = [];
  #streams: StreamedResponse[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** The connections over which events may still come. */
  get streams(): readonly StreamedResponse[] {
    this.#streams = this.#streams.filter(({ isOpen }) => isOpen);
    return this.#streams;
  }

  /** @throws ConnectionReset */
  async send({ method, path, headers, body }: SimRequest): Promise<SimResponse> {
    const { scheduler, random } = this.#world;
    await scheduler.turn(`sends ${method} ${path}`);
    const api = random.of(this.apis);
    const client = currentProcess();
    const text = typeof body === 'string' ? body : body && JSON.stringify(body);
    const all: Record<string, string> = {
      ...headers,
      ...(text && { 'Content-Type': 'application/json', 'Content-Length': String(text.length) }),
    };
    const init = { method, headers: all, ...(text && { body: text }) };
    const outgoing = new StreamedResponse(scheduler, api.process);
    const answer = new Promise<SimResponse>((resolve, reject) => {
      let isAnswered = false;
      api.process.onCrash(() => {
        if (isAnswered) return;
        client.run(() => scheduler.add('is reset', () => reject(new ConnectionReset())));
      });
      api.process.run(async () => {
        const response = await api.app.request(path, init, nodeRequest(all, outgoing));
        const answered = outgoing.headersSent ? '' : await response.text();
        const parsed = answered === '' ? undefined : JSON.parse(answered);
        const { status } = response;
        await scheduler.turn(`answers ${status}`);
        isAnswered = true;
        if (outgoing.headersSent) this.#streams.push(outgoing);
        const stream = outgoing.headersSent && { stream: outgoing };
        client.run(() => resolve({ status, body: parsed, ...stream }));
      });
    });
    return answer;
  }
}

/** The parts of Node's request and response that the routes use. */
function nodeRequest(headers: Record<string, string>, outgoing: StreamedResponse): object {
  const named = Object.entries(headers);
  return {
    outgoing,
    incoming: {
      headers: Object.fromEntries(named.map(([name, value]) => [name.toLowerCase(), value])),
      rawHeaders: named.flat(),
      socket: { remoteAddress: '127.0.0.1' },
    },
  };
}
