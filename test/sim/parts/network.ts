/** Requests of clients to API processes: each may reach any of them, and a crash of the process loses it. */
import { currentProcess } from '../host/processes.ts';
import type { SimApi } from './api.ts';
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
}

/** The response is lost: the process crashed. */
export class ConnectionReset extends Error {}

export class Network {
  readonly #world: World;
  readonly apis: SimApi[] = [];

  constructor(world: World) {
    this.#world = world;
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
    const answer = new Promise<SimResponse>((resolve, reject) => {
      let isAnswered = false;
      api.process.onCrash(() => {
        if (isAnswered) return;
        client.run(() => scheduler.add('is reset', () => reject(new ConnectionReset())));
      });
      api.process.run(async () => {
        const response = await api.app.request(path, init, nodeRequest(all));
        const answered = await response.text();
        const parsed = answered === '' ? undefined : JSON.parse(answered);
        await scheduler.turn(`answers ${response.status}`);
        isAnswered = true;
        client.run(() => resolve({ status: response.status, body: parsed }));
      });
    });
    return answer;
  }
}

/** The part of Node's request that the routes read. */
function nodeRequest(headers: Record<string, string>): object {
  const named = Object.entries(headers);
  return {
    incoming: {
      headers: Object.fromEntries(named.map(([name, value]) => [name.toLowerCase(), value])),
      rawHeaders: named.flat(),
      socket: { remoteAddress: '127.0.0.1' },
    },
  };
}
