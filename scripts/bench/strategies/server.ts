/**
 * A synchronous server on Seatlane's schema and HTTP stack. It exists only for the comparison.
 *
 *   node scripts/bench/strategies/server.ts --strategy pessimistic
 */
import { parseArgs } from 'node:util';
import { Hono } from 'hono';
import { Client } from 'pg';
import { AccessTokens } from '../../../src/http/auth/access-tokens.ts';
import { listenOn } from '../../../src/runtime/server.ts';
import { shutDownOnSignals } from '../../../src/runtime/shutdown.ts';
import type { Reply, Shop } from './shop.ts';
import { openShop, type ServerStrategy } from './strategies.ts';

const STOP_MS_MAX = 9000;

const { values } = parseArgs({ options: { strategy: { type: 'string', default: 'pessimistic' } } });
const {
  DATABASE_URL: databaseUrl = '',
  REDIS_URL: redisUrl = '',
  JWT_SECRET: jwtSecret = '',
} = process.env;
const tokens = new AccessTokens({
  jwtSecret,
  jwksUrl: undefined,
  jwtIssuer: 'seatlane',
  jwtAudience: 'seatlane',
});
const shop = await openShop(values.strategy as ServerStrategy, { databaseUrl, redisUrl });
const userIds = await readUserIds();

/** Users exist beforehand, because creating them is not part of the comparison. */
async function readUserIds(): Promise<Map<string, number>> {
  const client = new Client(databaseUrl);
  await client.connect();
  const { rows } = await client.query('select subject, id::int as id from app_user');
  await client.end();
  return new Map(rows.map(({ subject, id }) => [subject, id]));
}

const app = new Hono();

interface Body {
  amount?: number;
  areas?: { areaId: number }[];
}

type Act = (userId: number, id: number, body: Body) => Promise<Reply>;

function route(method: 'get' | 'post', path: string, act: Act): void {
  app.on(method, path, async (c) => {
    const token = c.req.header('authorization')?.slice('Bearer '.length) ?? '';
    const { subject } = await tokens.check(token, Date.now());
    const userId = userIds.get(subject) ?? 0;
    const hasBody = Number(c.req.header('content-length') ?? 0) > 0;
    const body = hasBody ? await c.req.json() : {};
    const reply = await act(userId, Number(c.req.param('id')), body);
    return new Response(JSON.stringify(reply.body), {
      status: reply.status,
      headers: { 'Content-Type': 'application/json' },
    });
  });
}

const { charge, book, stand, pay, enter, entry, seats }: Shop = shop;
route('post', '/points/charge', (userId, _id, { amount = 0 }) => charge(userId, amount));
route('post', '/concerts/seats/:id/book', book);
route('post', '/concerts/bookings/:id/pay', pay);
if (stand)
  route('post', '/orders', (userId, _id, { areas }) => stand(userId, areas?.[0]?.areaId ?? 0));
route('post', '/users/queue', enter);
route('get', '/users/queue', entry);
route('get', '/concerts/schedules/:id/seats', (_userId, id) => seats(id));

app.onError((error) => {
  console.error(error);
  return new Response(JSON.stringify({ code: 'INTERNAL_ERROR' }), { status: 500 });
});

const { server, port } = await listenOn(0, app.fetch);
process.send?.({ port });
shutDownOnSignals({
  steps: {
    'requests in flight': () => {
      server.close();
      server.closeAllConnections();
    },
    connections: () => shop.close(),
  },
  limitMs: STOP_MS_MAX,
});
