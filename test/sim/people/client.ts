/** A client of the API: it sends a request again until there is a definite answer, and a command with an idempotency key. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SimProcess } from '../host/processes.ts';
import { Random } from '../host/random.ts';
import { ConnectionReset, type SimRequest, type SimResponse } from '../parts/network.ts';
import { followJob } from './sdk.ts';
import type { Shop } from './shop.ts';

/** Answers after which a request is sent again. */
const AGAIN = new Set([429, 502, 503, 504]);
const RETRY_MS = 200;
const NAP_MS = 1000;
/** How many follow the states of a job instead of asking for it. */
const FOLLOWING_SHARE = 0.3;
/** How often a key is used again for the next request, which must then be refused. */
const REUSED_SHARE = 0.02;

export type Given = Pick<SimRequest, 'method' | 'path' | 'body'>;

interface KeyUse {
  key: string;
  /** The request as text. */
  request: string;
  /** The command's job; undefined if the request was refused before. */
  jobId: string | undefined;
}

export interface ClientOptions {
  name: string;
  subject: string;
  seed: number;
  role?: string;
}

export class Client {
  readonly process: SimProcess;
  protected readonly shop: Shop;
  protected readonly random: Random;
  protected readonly subject: string;
  /** Whether it now and then uses a key again. */
  protected mayReuseKeys = true;
  /** The queue token of its requests. */
  protected queueToken: string | undefined;
  readonly #role: string | undefined;
  #token = '';
  #keys = 0;
  #last: KeyUse | undefined;

  constructor(shop: Shop, { name, subject, seed, role }: ClientOptions) {
    this.shop = shop;
    this.subject = subject;
    this.#role = role;
    this.random = new Random(seed, name);
    this.process = new SimProcess(name);
  }

  /** Runs as its own process, with an access token. */
  protected run(act: () => Promise<void>): Promise<void> {
    return this.process.run(async () => {
      this.#token = await this.shop.tokenOf(this.subject, this.#role);
      await act();
    });
  }

  /** Sleeps, but not beyond the end of the shop. */
  protected async pause(ms: number): Promise<void> {
    for (let left = ms; left > 0 && !this.shop.isClosing(); left -= NAP_MS) {
      await sleep(Math.min(left, NAP_MS));
    }
  }

  protected async get(path: string, headers?: Record<string, string>): Promise<SimResponse> {
    return (await this.#insist({ method: 'GET', path, ...(headers && { headers }) })).answer;
  }

  /** @returns the result if the command succeeded */
  protected async command(method: string, path: string, body?: object): Promise<any> {
    const last = this.#last;
    const isReused = last !== undefined && this.mayReuseKeys && this.random.isTrue(REUSED_SHARE);
    if (!isReused) return this.#send(this.#newKey(), { method, path, body });
    const request = { method, path, body };
    const answer = await this.#answerTo(last.key, request);
    const isSame = textOf(request) === last.request;
    const jobId = jobIdOf(answer);
    if (!isSame && last.jobId !== undefined && jobId !== undefined && !isRefusedAsReused(answer)) {
      this.shop.onWrong(`${textOf(request)} with the key of ${last.request} got its answer.`);
    }
    return isSame && last.jobId !== undefined ? resultOf(answer) : undefined;
  }

  /** Two commands of different lanes with one key, at the same time: one of them must be refused. */
  protected async commandsWithOneKey(requests: readonly [Given, Given]): Promise<void> {
    const key = this.#newKey();
    const answers = await Promise.all(requests.map((each) => this.#answerTo(key, each)));
    const carriedOut = answers.filter(
      (answer) => jobIdOf(answer) !== undefined && !isRefusedAsReused(answer),
    );
    if (carriedOut.length > 1) this.shop.onWrong(`The key ${key} was used for two requests.`);
    this.#last = undefined;
  }

  #newKey(): string {
    this.#keys += 1;
    return `${this.process.name} ${this.#keys}`;
  }

  async #send(key: string, request: Given): Promise<any> {
    const answer = await this.#answerTo(key, request, { isOnlyUse: true });
    this.#last = { key, request: textOf(request), jobId: jobIdOf(answer) };
    return resultOf(answer);
  }

  /** Sends the command, and if it only was accepted, asks until it has an outcome. */
  async #answerTo(
    key: string,
    { method, path, body }: Given,
    { isOnlyUse = false } = {},
  ): Promise<SimResponse> {
    this.shop.keys.begin(this.subject, key);
    const headers = {
      ...(this.random.isTrue(0.8) && { Prefer: 'wait=5' }),
      'Idempotency-Key': key,
    };
    let tries = 0;
    for (;;) {
      const sent = await this.#insist({ method, path, headers, body });
      tries += sent.tries;
      const answer = sent.answer.status === 202 ? await this.#outcomeOf(sent.answer) : sent.answer;
      if (!answer) continue;
      const jobId = jobIdOf(answer);
      if (jobId === undefined && tries === 1 && isOnlyUse) this.shop.keys.refuse(this.subject, key);
      if (jobId !== undefined && !isRefusedAsReused(answer)) this.shop.onAnswer(jobId, answer);
      if (String(answer.body?.code).startsWith('QUEUE_TOKEN')) this.queueToken = undefined;
      return answer;
    }
  }

  /** @returns undefined if Redis was emptied: the command is then sent again with the same key */
  async #outcomeOf({ body }: SimResponse): Promise<SimResponse | undefined> {
    if (this.random.isTrue(FOLLOWING_SHARE)) {
      const job = await followJob(this.shop, async () => this.#token, body.id);
      return job && { status: 200, body: job };
    }
    for (;;) {
      const job = await this.get(`/jobs/${body.id}`, { Prefer: 'wait=5' });
      if (job.status === 404) return undefined;
      if (job.body.finishedAt !== null) return job;
      await sleep(RETRY_MS);
    }
  }

  /** Sends a request until it has a definite answer. */
  async #insist(request: SimRequest): Promise<{ answer: SimResponse; tries: number }> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.once(request);
      if (answer && !AGAIN.has(answer.status)) return { answer, tries };
      await sleep(RETRY_MS * (1 + this.random.next()));
    }
  }

  /** Sends a request. @returns undefined if the connection was lost */
  protected async once(request: SimRequest): Promise<SimResponse | undefined> {
    const headers = {
      ...request.headers,
      Authorization: `Bearer ${this.#token}`,
      ...(this.queueToken && { 'Queue-Token': this.queueToken }),
    };
    const isCommand = request.method !== 'GET';
    const sent = isCommand ? this.shop.sent.begin(this.subject) : undefined;
    const answer = await this.shop.network.send({ ...request, headers }).catch((error) => {
      if (!(error instanceof ConnectionReset)) throw error;
      return undefined;
    });
    const wrong = sent && this.shop.sent.end(sent, answer);
    if (wrong) this.shop.onWrong(wrong);
    return answer;
  }
}

const textOf = ({ method, path, body }: Given) => `${method} ${path} ${JSON.stringify(body ?? {})}`;

const jobIdOf = ({ body }: SimResponse): string | undefined => body?.jobId ?? body?.id;

const isRefusedAsReused = ({ body }: SimResponse) =>
  (body?.code ?? body?.problem?.code) === 'IDEMPOTENCY_KEY_REUSED';

function resultOf({ status, body }: SimResponse): any {
  return status === 200 && body.state === 'succeeded' ? body.result : undefined;
}
