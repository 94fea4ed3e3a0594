/** The strategies by name: how each prevents two buyers from getting the same seat. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openOrmShop } from './orm-shop.ts';
import { RETRY_MS, withLocks } from './redis-locks.ts';
import { ok, type Reply, type Shop } from './shop.ts';
import { openSqlShop } from './sql-shop.ts';

export interface Services {
  databaseUrl: string;
  redisUrl: string;
}

export const SERVER_STRATEGIES = [
  'pessimistic',
  'optimistic',
  'optimistic-retry',
  'simple-lock',
  'spin-10',
  'spin',
  'pub-sub',
  'pessimistic-sql',
  'floor',
] as const;

export type ServerStrategy = (typeof SERVER_STRATEGIES)[number];

export async function openShop(
  name: ServerStrategy,
  { databaseUrl, redisUrl }: Services,
): Promise<Shop> {
  const locked = async (waiting: Parameters<typeof withLocks>[2]) =>
    withLocks(await openOrmShop(databaseUrl, 'none'), redisUrl, waiting);
  switch (name) {
    case 'pessimistic':
      return openOrmShop(databaseUrl, 'row');
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
    case 'pessimistic-sql':
      return openSqlShop(databaseUrl);
    case 'floor':
      return emptyShop;
    default:
      throw new Error(`There is no strategy ${name satisfies never}.`);
  }
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
