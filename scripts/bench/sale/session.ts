/** The requests of one admitted user. */
import type { LoadFigures } from './load/figures.ts';
import type { TimedResponse, WireClient } from './load/wire-client.ts';

export interface Tokens {
  access: string;
  queue: string;
}

export interface Answer {
  status: number;
  /** The result of a command, or the body of a read or refusal. */
  body: any;
  /** The code of a refusal; undefined after success. */
  code: string | undefined;
}

const TRIES_MAX = 20;
const RETRY_MS = 500;

export class Session {
  readonly #client: WireClient;
  readonly #figures: LoadFigures;
  readonly #credentials: string;
  readonly #user: number;
  #sent = 0;

  constructor(client: WireClient, figures: LoadFigures, user: number, tokens: Tokens) {
    this.#client = client;
    this.#figures = figures;
    this.#user = user;
    this.#credentials = `Authorization: Bearer ${tokens.access}\r\nQueue-Token: ${tokens.queue}\r\n`;
  }

  /** @param wait for how long the response may wait, in s */
  read(kind: string, path: string, wait = 0): Promise<Answer> {
    const prefer = wait > 0 ? `Prefer: wait=${wait}\r\n` : '';
    return this.#untilKnown(kind, () => {
      this.#figures.reads += 1;
      return this.#client.send({ method: 'GET', path, headers: this.#credentials + prefer });
    });
  }

  /** Sends a command until its outcome is known. */
  command(kind: string, method: 'POST' | 'DELETE', path: string, body?: object): Promise<Answer> {
    this.#sent += 1;
    const key = `Idempotency-Key: ${this.#user}-${this.#sent}\r\nPrefer: wait=30\r\n`;
    const request = { method, path, headers: this.#credentials + key, body };
    return this.#untilKnown(kind, () => {
      this.#figures.commands += 1;
      return this.#client.send(request);
    });
  }

  async #untilKnown(kind: string, send: () => Promise<TimedResponse>): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const response = await send();
      this.#figures.note(kind, response);
      const { status, text } = response;
      const isKnown = status !== 202 && status !== 429 && status < 500;
      if (isKnown || tries === TRIES_MAX) return toAnswer(status, text);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS * tries));
    }
  }
}

function toAnswer(status: number, text: string): Answer {
  const body = text === '' ? undefined : JSON.parse(text);
  if (status === 200) return { status, body: body?.result ?? body, code: undefined };
  return { status, body, code: body?.code ?? `status ${status}` };
}
