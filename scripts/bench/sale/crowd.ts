/**
 * The users of the large sale until they are admitted: they arrive, enter their queue and poll their entry. What is known of a user is a few
 * numbers, so that 200,000 of them fit into one process.
 */
import { arrivalOf, queuesOfUsers, type SalePlan } from '../../simulate/large/plan.ts';
import type { OpenQueue } from './halls.ts';
import type { LoadFigures } from './load/figures.ts';
import { pollPauseMs } from './load/poll-pause.ts';
import { TimerWheel } from './load/timer-wheel.ts';
import type { TimedResponse, WireClient } from './load/wire-client.ts';
import type { TurnWatch } from './turns.ts';

/** What became of a user's waiting. */
export const FATES = ['absent', 'entering', 'waiting', 'admitted', 'sold out', 'ended'] as const;
export type Fate = (typeof FATES)[number];
const fate = (name: Fate) => FATES.indexOf(name);

export interface CrowdDeps {
  plan: SalePlan;
  queues: readonly OpenQueue[];
  client: WireClient;
  figures: LoadFigures;
  watch: TurnWatch;
  /** Issues a user's access token. */
  tokenOf(user: number): Promise<string>;
  /** A user has been told the queue token. */
  onAdmitted(user: number, tokens: { access: string; queue: string }): void;
  random(): number;
}

const TICK_MS = 10;
const RETRY_MS = 2000;
const LONGEST_PAUSE_FACTOR = 1.3;

export class Crowd {
  readonly #deps: CrowdDeps;
  readonly #wheel: TimerWheel;
  readonly queueOf: Uint8Array;
  readonly fates: Uint8Array;
  readonly numbers: Float64Array;
  /** When the request to enter was sent and answered, in ms since the beginning; NaN if it had no outcome. */
  readonly sentAt: Float64Array;
  readonly answeredAt: Float64Array;
  readonly #tokens: string[] = [];
  #arrived = 0;
  #waiting = 0;
  #open = 0;
  #timer: NodeJS.Timeout | undefined;
  #beganAt = 0;
  #lastTick = 0;
  /** The longest time by which the load was late, in ms. */
  lateMax = 0;

  constructor(deps: CrowdDeps) {
    this.#deps = deps;
    const { users, pauseSeconds } = deps.plan;
    this.#wheel = new TimerWheel(
      Math.max(pauseSeconds * 1000 * LONGEST_PAUSE_FACTOR, RETRY_MS * 2),
    );
    this.queueOf = queuesOfUsers(deps.plan);
    this.fates = new Uint8Array(users);
    this.numbers = new Float64Array(users);
    this.sentAt = new Float64Array(users).fill(Number.NaN);
    this.answeredAt = new Float64Array(users).fill(Number.NaN);
  }

  /** Users who have arrived, and whose waiting has not ended. */
  get left(): number {
    return this.#open + (this.#deps.plan.users - this.#arrived);
  }

  /** Users with an entry that waits. */
  get waiting(): number {
    return this.#waiting;
  }

  get now(): number {
    return performance.now() - this.#beganAt;
  }

  start(): void {
    this.#beganAt = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const { plan, figures } = this.#deps;
    const now = this.now;
    this.lateMax = Math.max(this.lateMax, now - this.#lastTick - TICK_MS);
    figures.waited += (this.#waiting * (now - this.#lastTick)) / 1000;
    this.#lastTick = now;
    while (this.#arrived < plan.users && arrivalOf(plan, this.#arrived) * 1000 <= now) {
      const user = this.#arrived;
      this.#arrived += 1;
      this.#open += 1;
      this.#act(user);
    }
    this.#wheel.advance(now, (user) => this.#act(user));
  }

  /** Enters the queue or polls. A request that has no response is sent again later. */
  #act(user: number): void {
    const acted = this.fates[user] === fate('waiting') ? this.#poll(user) : this.#enter(user);
    acted.catch(() => {
      this.#deps.figures.count('requests without a response');
      this.#wheel.put(user, RETRY_MS);
    });
  }

  async #enter(user: number): Promise<void> {
    const { client, figures, tokenOf } = this.#deps;
    this.fates[user] = fate('entering');
    this.#tokens[user] ??= await tokenOf(user);
    const headers = `Authorization: Bearer ${this.#tokens[user]}\r\nIdempotency-Key: enter-${user}\r\nPrefer: wait=30\r\n`;
    const sentAt = this.now;
    const path = this.#pathOf(user);
    const response = await client.send({ method: 'POST', path, headers });
    figures.note('enter', response);
    if (response.status !== 200) return this.#wheel.put(user, RETRY_MS * this.#deps.random());
    // A retry has the outcome of the first request, so the number was given between the first sending and this answer.
    if (Number.isNaN(this.sentAt[user])) this.sentAt[user] = sentAt;
    this.answeredAt[user] = this.now;
    const { number, estimatedWaitSeconds } = JSON.parse(response.text).result;
    this.numbers[user] = number;
    this.fates[user] = fate('waiting');
    this.#waiting += 1;
    figures.entered += 1;
    this.#pause(user, estimatedWaitSeconds);
  }

  async #poll(user: number): Promise<void> {
    const { client, figures, watch, onAdmitted } = this.#deps;
    const access = this.#tokens[user] as string;
    const sentAt = this.now;
    const headers = `Authorization: Bearer ${access}\r\n`;
    const response = await client.send({ method: 'GET', path: this.#pathOf(user), headers });
    figures.note('poll', response);
    figures.polls += 1;
    const seen = { queue: this.queueOf[user] as number, number: this.numbers[user] as number };
    if (response.status === 404) return this.#endedWith(user, response);
    if (response.status !== 200) return this.#wheel.put(user, RETRY_MS * (1 + this.#deps.random()));
    const entry = JSON.parse(response.text);
    if (entry.number !== seen.number) figures.count('entries whose number changed');
    if (entry.queueToken) {
      watch.sawActive(seen, this.now);
      this.#end(user, 'admitted');
      return onAdmitted(user, { access, queue: entry.queueToken });
    }
    watch.sawWaiting(seen, sentAt);
    if (entry.isSoldOut) return this.#end(user, 'sold out');
    this.#pause(user, entry.estimatedWaitSeconds);
  }

  #endedWith(user: number, { text }: TimedResponse): void {
    const { endReason } = JSON.parse(text);
    if (endReason !== 'sold-out') this.#deps.figures.count(`waiting ended: ${endReason}`);
    this.#end(user, endReason === 'sold-out' ? 'sold out' : 'ended');
  }

  #end(user: number, how: Fate): void {
    this.#waiting -= 1;
    this.#open -= 1;
    this.fates[user] = fate(how);
    this.#tokens[user] = '';
    this.#deps.figures.count(how);
  }

  #pause(user: number, estimatedWaitSeconds: number): void {
    const { plan, random } = this.#deps;
    this.#wheel.put(user, pollPauseMs(estimatedWaitSeconds, plan.pauseSeconds, random));
  }

  #pathOf(user: number): string {
    return `/queues/${this.#deps.queues[this.queueOf[user] as number]?.queueId}/entry`;
  }
}
