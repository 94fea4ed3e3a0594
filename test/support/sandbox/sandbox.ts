/** A sandbox in the test's process, and requests to it as the API and a buyer send them. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultsSchema } from '../../../scripts/sandbox/faults.ts';
import { startSandbox } from '../../../scripts/sandbox/start.ts';
import { closeInOrder } from '../../../src/runtime/shutdown.ts';
import { type EventReceiver, receiveEvents } from './receiver.ts';

export const SANDBOX_SECRET = 'a secret of the tests, of more than 32 bytes';
export const AMOUNT = 12_000;
/** Where the shop expects its buyers back. */
export const RETURN_URL = 'http://localhost:8080/thanks?lang=ko#top';
const FIRST_RETRY_MS = 10;

export interface Answer {
  status: number;
  body: any;
}

/** Requests to a sandbox. */
export class SandboxClient {
  readonly url: string;
  readonly #secret: string;

  constructor(url: string, secret = SANDBOX_SECRET) {
    this.url = url;
    this.#secret = secret;
  }

  /** @param key the idempotency key; null sends none */
  async post(path: string, body: unknown = {}, key: string | null = randomUUID()): Promise<Answer> {
    return this.#answerTo(path, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${this.#secret}`,
        'Content-Type': 'application/json',
        ...(key === null ? {} : { 'Idempotency-Key': key }),
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  async get(path: string): Promise<Answer> {
    return this.#answerTo(path, { headers: { Authorization: `Bearer ${this.#secret}` } });
  }

  /** Opens a checkout. @returns the reference and the address of the page */
  async open(fields: object = {}, key?: string): Promise<{ ref: string; redirectUrl: string }> {
    const { status, body } = await this.post('/v1/checkouts', checkoutOf(fields), key);
    if (status !== 200) throw new Error(`The checkout was not opened: ${JSON.stringify(body)}`);
    return body;
  }

  /** Opens a checkout and pays it. */
  async openPaid(fields: object = {}): Promise<string> {
    const { ref, redirectUrl } = await this.open(fields);
    await this.act(redirectUrl, 'pay');
    return ref;
  }

  async find(ref: string): Promise<any> {
    return (await this.get(`/v1/checkouts/${ref}`)).body;
  }

  async journal(): Promise<any[]> {
    const { body } = await this.get('/v1/journal');
    return body.split('\n').slice(0, -1).map(JSON.parse);
  }

  /** Posts the form of the payment page. */
  async act(redirectUrl: string, action: string): Promise<PageAnswer> {
    return pageAnswer(
      await fetch(redirectUrl, {
        method: 'POST',
        body: new URLSearchParams({ action }),
        redirect: 'manual',
      }),
    );
  }

  async look(redirectUrl: string): Promise<PageAnswer> {
    return pageAnswer(await fetch(redirectUrl, { redirect: 'manual' }));
  }

  async #answerTo(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(this.url + path, init);
    const isJson = response.headers.get('Content-Type')?.startsWith('application/json');
    return { status: response.status, body: await (isJson ? response.json() : response.text()) };
  }
}

export interface PageAnswer {
  status: number;
  location: string | null;
  headers: Headers;
  /** The values of the form's buttons. */
  actions: string[];
  text: string;
}

async function pageAnswer(response: Response): Promise<PageAnswer> {
  const text = await response.text();
  return {
    status: response.status,
    location: response.headers.get('Location'),
    headers: response.headers,
    actions: [...text.matchAll(/name="action" value="(\w+)"/g)].map(([, action = '']) => action),
    text,
  };
}

/** The body of `POST /v1/checkouts`. */
export function checkoutOf(fields: object = {}) {
  return {
    key: `checkout-7-${randomUUID()}`,
    checkoutId: 7,
    amount: AMOUNT,
    currency: 'KRW',
    returnUrl: RETURN_URL,
    expiresAt: new Date(Date.now() + 600_000).toISOString(),
    what: 'Winter concert, A1 & A2',
    ...fields,
  };
}

export interface TestSandbox {
  client: SandboxClient;
  receiver: EventReceiver;
  /** What it reported. */
  reports: string[];
  /** Stops the sandbox, and starts another one with the same journal, and with the same faults unless others are given. */
  restart(faults?: object): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a sandbox with an empty journal, and a receiver of its events. */
export async function startTestSandbox(
  faults: object = {},
  { overtakeMsMax }: { overtakeMsMax?: number } = {},
): Promise<TestSandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'seatlane-sandbox-'));
  const receiver = await receiveEvents(SANDBOX_SECRET);
  const reports: string[] = [];
  const begin = (given: object) =>
    startSandbox({
      folder,
      port: 0,
      secret: SANDBOX_SECRET,
      eventsUrl: receiver.url,
      publicUrl: undefined,
      faults: faultsSchema.parse(given),
      firstRetryMs: FIRST_RETRY_MS,
      overtakeMsMax,
      report: (sentence, error) => reports.push(`${sentence} ${error ?? ''}`.trim()),
    });
  let running = await begin(faults);
  const sandbox: TestSandbox = {
    client: new SandboxClient(running.url),
    receiver,
    reports,
    async restart(others = faults) {
      await closeInOrder(running.closing);
      running = await begin(others);
      sandbox.client = new SandboxClient(running.url);
    },
    async stop() {
      await closeInOrder(running.closing);
      receiver.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return sandbox;
}
