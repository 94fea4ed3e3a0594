/** The rest of Redis in memory: the few commands with which the code reads and writes it beside the lanes. */
import { EventEmitter } from 'node:events';
import type { RedisConnection } from '../../../src/lanes/redis/redis.ts';
import { currentProcess, type SimProcess } from '../host/processes.ts';
import type { Scheduler } from '../host/scheduler.ts';
import type { Line } from './lanes.ts';

/** How a call to Redis can go wrong. */
export type RedisFault = 'lost' | 'unanswered' | 'forgotten' | undefined;

export interface RedisHooks {
  /**
   * Asked for each call: `lost` never arrives; `unanswered` does, but its reply is lost; `forgotten` is answered, but Redis loses
   * what was written.
   */
  faultOf(label: string): RedisFault;
  /** How often a message arrives at a subscriber: 0 if it is lost, 2 if it is repeated. */
  copiesOf(): number;
}

/** What all connections see. */
export class MemoryRedis {
  readonly scheduler: Scheduler;
  readonly hooks: RedisHooks;
  readonly #values = new Map<string, string>();
  /** The counts of the rate limit: of each user by slot. */
  readonly #counts = new Map<string, Map<number, number>>();
  readonly #subscribers = new Set<{
    process: SimProcess;
    receive: (channel: string, text: string) => void;
  }>();

  constructor(scheduler: Scheduler, hooks: RedisHooks) {
    this.scheduler = scheduler;
    this.hooks = hooks;
  }

  empty(): void {
    this.#values.clear();
    this.#counts.clear();
  }

  /** `rate-limit.lua`. */
  tellRate(key: string, oldest: number, counts: readonly number[]): number[] {
    const ofUser = this.#counts.get(key) ?? new Map<number, number>();
    this.#counts.set(key, ofUser);
    for (let at = 0; at < counts.length; at += 2) {
      const [slot = 0, count = 0] = counts.slice(at, at + 2);
      ofUser.set(slot, (ofUser.get(slot) ?? 0) + count);
    }
    for (const slot of ofUser.keys()) if (slot < oldest) ofUser.delete(slot);
    return [...ofUser].flat();
  }

  get(key: string): string | null {
    return this.#values.get(key) ?? null;
  }

  set(key: string, value: string): void {
    this.#values.set(key, value);
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  publish(channel: string, text: string): void {
    for (const subscriber of this.#subscribers) {
      const { process, receive } = subscriber;
      if (!process.isAlive) {
        this.#subscribers.delete(subscriber);
        continue;
      }
      for (let copies = this.hooks.copiesOf(); copies > 0; copies -= 1) {
        process.run(() => this.scheduler.add(`hears ${channel}`, () => receive(channel, text)));
      }
    }
  }

  subscribe(receive: (channel: string, text: string) => void): void {
    this.#subscribers.add({ process: currentProcess(), receive });
  }
}

/** A connection: its calls arrive in the order in which they are made. */
export class RedisLine implements Line {
  readonly #redis: MemoryRedis;
  #last: Promise<unknown> = Promise.resolve();

  constructor(redis: MemoryRedis) {
    this.#redis = redis;
  }

  call<Result>(label: string, act: (isForgotten: boolean) => Result): Promise<Result> {
    const { scheduler, hooks } = this.#redis;
    const arrival = this.#last.then(async () => {
      await scheduler.turn(`redis ${label}`);
      const fault = hooks.faultOf(label);
      if (fault === 'lost') throw connectionLost();
      const result = act(fault === 'forgotten');
      if (fault === 'unanswered') throw connectionLost();
      return result;
    });
    this.#last = arrival.catch(() => undefined);
    return arrival.then(async (result) => {
      await scheduler.turn(`redis replies ${label}`);
      return result;
    });
  }
}

/** The error of a connection that broke during a call. */
const connectionLost = () =>
  Object.assign(new Error('Connection is closed.'), { code: 'ECONNRESET' });

/** A connection of ioredis, with the commands that the simulated code sends. */
export function openRedis(redis: MemoryRedis, line: Line): RedisConnection {
  const events = new EventEmitter();
  let isSubscribed = false;
  const connection = {
    status: 'ready',
    defineCommand: () => undefined,
    on: (name: string, act: (...words: string[]) => void) => events.on(name, act),
    once: (name: string, act: () => void) => events.once(name, act),
    publish: (channel: string, text: string) =>
      line.call('publish', () => redis.publish(channel, text)),
    async subscribe() {
      if (isSubscribed) return;
      isSubscribed = true;
      redis.subscribe((channel, text) => events.emit('message', channel, text));
    },
    get: (key: string) => line.call('get', () => redis.get(key)),
    del: (key: string) => line.call('del', () => redis.delete(key)),
    tellRate: (key: string, oldest: number, _keptMs: number, ...counts: number[]) =>
      line.call('tellRate', () => redis.tellRate(key, oldest, counts)),
    /** `remember-key.lua`. */
    rememberKey: (key: string, value: string, _seconds: number, refused: string, start: string) =>
      line.call('rememberKey', (isForgotten) =>
        rememberKey(redis, { key, value, refused, start, isForgotten }),
      ),
  };
  return connection as unknown as RedisConnection;
}

interface Remembering {
  key: string;
  value: string;
  refused: string;
  start: string;
  isForgotten: boolean;
}

function rememberKey(
  redis: MemoryRedis,
  { key, value, refused, start, isForgotten }: Remembering,
): string | null {
  const known = redis.get(key);
  if (known?.startsWith(start) && known !== refused) {
    redis.set(key, value);
    return null;
  }
  if (known === null && !isForgotten) redis.set(key, value);
  return known;
}
