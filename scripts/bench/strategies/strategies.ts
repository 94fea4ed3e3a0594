/** The strategies by name: how each prevents two buyers from getting the same seat. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '../../services/redis.ts';
import { openOrmShop } from './orm-shop.ts';
import { openLocks, RETRY_MS, type Waiting, withLocks } from './redis-locks.ts';
import { ok, type Reply, type Shop } from './shop.ts';
import { openSqlShop } from './sql-shop.ts';

export interface Services {
  databaseUrl: string;
  redisUrl: string;
}

export const SERVER_STRATEGIES = [
  'pessimistic',
  'shared',
  'optimistic',
  'optimistic-retry',
  'simple-lock',
  'spin-10',
  'spin',
  'pub-sub',
  'redlock',
  'pessimistic-sql',
  'floor',
] as const;

export type ServerStrategy = (typeof SERVER_STRATEGIES)[number];

export async function openShop(
  name: ServerStrategy,
  { databaseUrl, redisUrl }: Services,
): Promise<Shop> {
  const locked = async (waiting: Waiting) =>
    withLocks(await openOrmShop(databaseUrl, 'none'), await openLocks([redisUrl], waiting));
  switch (name) {
    case 'pessimistic':
      return openOrmShop(databaseUrl, 'row');
    case 'shared':
      return openOrmShop(databaseUrl, 'shared');
    case 'optimistic':
      return openOrmShop(databaseUrl, 'version');
    case 'optimistic-retry':
      return retrying(await openOrmShop(databaseUrl, 'version'));
    case 'simple-lock':
      return locked({ how: 'once' });
    case 'spin-10':
      return locked({ how: 'spin', triesMax: 10 });
    case 'spin':
      return locked({ how: 'spin', triesMax: Number.POSITIVE_INFINITY });
    case 'pub-sub':
      return locked({ how: 'listen' });
    case 'redlock':
      return openRedLockShop({ databaseUrl, redisUrl });
    case 'pessimistic-sql':
      return openSqlShop(databaseUrl);
    case 'floor':
      return emptyShop;
    default:
      throw new Error(`There is no strategy ${name satisfies never}.`);
  }
}

/** With the servers that it needs beside the one of all others: it takes its locks on three of five. */
async function openRedLockShop({ databaseUrl, redisUrl }: Services): Promise<Shop> {
  const folder = await mkdtemp(join(tmpdir(), 'seatlane-redlock-'));
  const others = await Promise.all(
    [1, 2, 3, 4].map((number) => startRedis(join(folder, String(number)))),
  );
  const urls = [redisUrl, ...others.map(({ url }) => url)];
  const shop = await openOrmShop(databaseUrl, 'none');
  const locked = withLocks(shop, await openLocks(urls, { how: 'majority', triesMax: 10 }));
  return {
    ...locked,
    async close() {
      await locked.close();
      await Promise.all(others.map((server) => server.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Retries commands that fail with a CONFLICT. */
function retrying(shop: Shop): Shop {
  const retry = async (act: () => Promise<Reply>): Promise<Reply> => {
    for (;;) {
      const reply = await act();
      if (!('code' in reply.body) || reply.body.code !== 'CONFLICT') return reply;
      await sleep(RETRY_MS);
    }
  };
  return {
    ...shop,
    charge: (userId, amount) => retry(() => shop.charge(userId, amount)),
    book: (userId, seatId) => retry(() => shop.book(userId, seatId)),
    pay: (userId, bookingId) => retry(() => shop.pay(userId, bookingId)),
  };
}

/** Does nothing: the baseline cost of the HTTP stack and the token check. */
const nothing = async () => ok({});
const emptyShop: Shop = {
  charge: nothing,
  book: nothing,
  pay: nothing,
  enter: nothing,
  entry: nothing,
  seats: nothing,
  close: async () => undefined,
};
