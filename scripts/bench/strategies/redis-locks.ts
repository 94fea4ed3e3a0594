/**
 * Redis locks around a shop that does not lock rows. A lock is acquired before the transaction, and released by its
 * owner after the commit. There are three strategies for a lock that is taken.
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

/** `once` fails immediately, `spin` retries every 50 ms, `listen` waits for the release message. */
export type Waiting = { how: 'once' } | { how: 'spin'; triesMax: number } | { how: 'listen' };

interface Locks {
  take(name: string): Promise<string | undefined>;
  release(name: string, owner: string): Promise<void>;
  close(): void;
}

interface Releasing {
  releaseLock(key: string, owner: string, tell: string): Promise<number>;
}

async function openLocks(redisUrl: string, waiting: Waiting): Promise<Locks> {
  const redis = new Redis(redisUrl) as Redis & Releasing;
  redis.defineCommand('releaseLock', { numberOfKeys: 1, lua: RELEASE });
  const listener = waiting.how === 'listen' ? await openListener(redisUrl) : undefined;
  const tryOnce = async (name: string, owner: string) =>
    (await redis.set(name, owner, 'PX', LOCK_MS, 'NX')) === 'OK';
  return {
    async take(name) {
      const owner = randomUUID();
      for (let tries = 1; ; tries += 1) {
        if (await tryOnce(name, owner)) return owner;
        if (waiting.how === 'once') return undefined;
        if (waiting.how === 'spin' && tries >= waiting.triesMax) return undefined;
        await (listener ? listener.released(name) : sleep(RETRY_MS));
      }
    },
    async release(name, owner) {
      await redis.releaseLock(name, owner, listener ? '1' : '0');
    },
    close() {
      redis.disconnect();
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
export async function withLocks(shop: Shop, redisUrl: string, waiting: Waiting): Promise<Shop> {
  const locks = await openLocks(redisUrl, waiting);
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
