/**
 * Redis locks around a shop that does not lock rows. A lock is acquired before the transaction, and released by its
 * owner after the commit. There are three strategies for a lock that is taken on one server, and RedLock on several
 * (https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/).
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { readLua } from '../../../src/lanes/read-lua.ts';
import { type Reply, refused, type Shop } from './shop.ts';

const LOCK_MS = 10_000;
export const RETRY_MS = 50;
/** The release message can be lost, so waiters also retry after this time. */
const LISTEN_RETRY_MS = 1000;
const RELEASE = readLua(import.meta.dirname, 'release-lock.lua');

/** The pause of RedLock between two tries is this long and up to as long again, so that the rivals do not always meet. */
const MAJORITY_RETRY_MS = 100;

/**
 * `once` fails immediately, `spin` retries every 50 ms, `listen` waits for the release message, `majority` takes the lock on most of
 * several servers, or gives back what it got and retries after 100 to 200 ms.
 */
export type Waiting =
  | { how: 'once' }
  | { how: 'spin' | 'majority'; triesMax: number }
  | { how: 'listen' };

export interface Locks {
  take(name: string): Promise<string | undefined>;
  release(name: string, owner: string): Promise<void>;
  close(): void;
}

interface Releasing {
  releaseLock(key: string, owner: string, tell: string): Promise<number>;
}

/** @param redisUrls several servers for `majority`, one for all others */
export async function openLocks(redisUrls: readonly string[], waiting: Waiting): Promise<Locks> {
  const servers = redisUrls.map((url) => {
    const redis = new Redis(url) as Redis & Releasing;
    redis.defineCommand('releaseLock', { numberOfKeys: 1, lua: RELEASE });
    return redis;
  });
  const majority = Math.floor(servers.length / 2) + 1;
  const listener =
    waiting.how === 'listen' ? await openListener(redisUrls[0] as string) : undefined;
  const release = async (name: string, owner: string) => {
    await Promise.all(servers.map((redis) => redis.releaseLock(name, owner, listener ? '1' : '0')));
  };
  const tryOnce = async (name: string, owner: string) => {
    const begun = performance.now();
    const taken = await Promise.all(
      servers.map((redis) => redis.set(name, owner, 'PX', LOCK_MS, 'NX')),
    );
    const count = taken.filter((answer) => answer === 'OK').length;
    if (count >= majority && performance.now() - begun < LOCK_MS) return true;
    if (count > 0) await release(name, owner);
    return false;
  };
  const pause = (name: string) => {
    if (listener) return listener.released(name);
    if (waiting.how !== 'majority') return sleep(RETRY_MS);
    return sleep(MAJORITY_RETRY_MS * (1 + Math.random()));
  };
  return {
    async take(name) {
      const owner = randomUUID();
      for (let tries = 1; ; tries += 1) {
        if (await tryOnce(name, owner)) return owner;
        if (waiting.how === 'once') return undefined;
        if ('triesMax' in waiting && tries >= waiting.triesMax) return undefined;
        await pause(name);
      }
    },
    release,
    close() {
      for (const redis of servers) redis.disconnect();
      listener?.close();
    },
  };
}

/** One subscription per process. A release wakes the longest waiter, as in Redisson. */
async function openListener(redisUrl: string) {
  const redis = new Redis(redisUrl);
  const waiters = new Map<string, (() => void)[]>();
  redis.on('pmessage', (_pattern, name: string) => waiters.get(name)?.shift()?.());
  await redis.psubscribe('lock:*');
  return {
    released(name: string): Promise<void> {
      return new Promise((resolve) => {
        const timer = setTimeout(wake, LISTEN_RETRY_MS);
        const queue = waiters.get(name) ?? [];
        waiters.set(name, queue);
        queue.push(wake);
        function wake() {
          clearTimeout(timer);
          const index = queue.indexOf(wake);
          if (index >= 0) queue.splice(index, 1);
          resolve();
        }
      });
    },
    close: () => redis.disconnect(),
  };
}

/** Wraps the commands of a shop in locks by seat or by user. */
export function withLocks(shop: Shop, locks: Locks): Shop {
  const locked = async (name: string, act: () => Promise<Reply>): Promise<Reply> => {
    const owner = await locks.take(name);
    if (owner === undefined) return refused('LOCK_NOT_TAKEN');
    try {
      return await act();
    } finally {
      await locks.release(name, owner);
    }
  };
  return {
    ...shop,
    charge: (userId, amount) => locked(`lock:user:${userId}`, () => shop.charge(userId, amount)),
    book: (userId, seatId) => locked(`lock:seat:${seatId}`, () => shop.book(userId, seatId)),
    pay: (userId, bookingId) => locked(`lock:user:${userId}`, () => shop.pay(userId, bookingId)),
    async close() {
      locks.close();
      await shop.close();
    },
  };
}
