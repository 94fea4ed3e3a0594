/** Nobody gets in who may not: every operation of `/openapi.json`, with everything that is wrong with a token. */
import type { webcrypto } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AdmittedUser, RequestOptions } from '../../support/client.ts';
import { effects } from '../../support/effects.ts';
import { type Operation, pathOf, readOperations } from '../../support/operations.ts';
import { expectProblem } from '../../support/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../support/seatlane.ts';
import { nowInSeconds, signToken, tamper } from '../../support/tokens.ts';

/** The contract's open operations, and those that this project added: concerts are public, so is their stock. */
const OPEN = [
  'POST /auth/token',
  'GET /concerts',
  'GET /concerts/{concertId}',
  'GET /concerts/{concertId}/stock',
  'GET /concerts/{concertId}/draw',
  'GET /concerts/{concertId}/draw/places',
  'GET /.well-known/jwks.json',
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
];

let seatlane: TestSeatlane;
let operations: Operation[];
let ada: AdmittedUser;
let eve: AdmittedUser;

beforeAll(async () => {
  seatlane = await startSeatlane();
  ({ operations } = await readOperations(seatlane.client));
  [ada, eve] = await Promise.all([
    seatlane.client.admitted('ada'),
    seatlane.client.admitted('eve'),
  ]);
});

afterAll(() => seatlane.stop());

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

/** Everything that a request could have changed: rows, receipts, users, and jobs that wait. */
async function everything(): Promise<object> {
  const counts = await seatlane.rows(
    `select (select count(*) from command_receipt) as receipts, (select count(*) from app_user) as users,
       (select count(*) from webhook) as webhooks`,
  );
  return { counts, rows: await effects(seatlane.rows) };
}

/** Sends the same wrong request to all operations that `matching` picks. */
async function expectAllRefuse(
  matching: (operation: Operation) => boolean,
  options: RequestOptions,
  [status, code]: [status: number, code: string],
): Promise<void> {
  const chosen = operations.filter(matching);
  expect(chosen.length).toBeGreaterThan(2);
  const before = await everything();
  for (const operation of chosen) {
    const sent = operation.body ? { ...options, body: {} } : options;
    const answer = await seatlane.client.request(operation.method, pathOf(operation), sent);
    expect(answer.body, nameOf(operation)).toMatchObject({ status, code });
    expectProblem(answer, status, code);
  }
  expect(await everything()).toEqual(before);
}

const needsToken = (operation: Operation) => operation.needsToken;

test('the open operations are those of the contract, and no more', () => {
  const open = operations.filter((operation) => !operation.needsToken).map(nameOf);
  expect(open.filter((name) => !OPEN.includes(name))).toEqual([]);
});

test('a token that is missing', async () => {
  await expectAllRefuse(needsToken, {}, [401, 'TOKEN_NOT_PROVIDED']);
});

test('a token that has expired', async () => {
  const token = await signToken({ claims: { exp: nowInSeconds() - 60 } });
  await expectAllRefuse(needsToken, { token }, [401, 'TOKEN_EXPIRED']);
});

describe('a token that is not right', () => {
  const wrong: [string, () => Promise<string>][] = [
    ['another audience', () => signToken({ claims: { aud: 'another' } })],
    ['another issuer', () => signToken({ claims: { iss: 'another' } })],
    ['another secret', () => signToken({ secret: 'x'.repeat(32) })],
    ['a payload of its own', async () => tamper(await signToken(), { payload: { sub: 'eve' } })],
    ['a role of its own', async () => tamper(await signToken(), { payload: { role: 'admin' } })],
    [
      '`alg: none`',
      async () => tamper(await signToken(), { header: { alg: 'none' }, signature: '' }),
    ],
    ['a queue token', async () => ada.queueToken],
  ];

  test.each(wrong)('%s', async (_what, make) => {
    await expectAllRefuse(needsToken, { token: await make() }, [401, 'INVALID_TOKEN']);
  });
});

test('a user is no operator', async () => {
  const isAdmin = (operation: Operation) => operation.isAdmin;
  const { token, queueToken } = ada;
  await expectAllRefuse(isAdmin, { token, queueToken }, [403, 'FORBIDDEN']);
  for (const role of ['Admin', 'admin ', ['admin'], true, { admin: true }]) {
    const claimed = await signToken({ claims: { role } });
    const [operation] = operations.filter(isAdmin) as [Operation];
    const answer = await seatlane.client.request(operation.method, pathOf(operation), {
      token: claimed,
      ...(operation.body && { body: {} }),
    });
    expectProblem(answer, 403, 'FORBIDDEN');
  }
});

describe('operations for those who are admitted', () => {
  const isQueued = (operation: Operation) => operation.needsQueueToken;

  test('demand a queue token', async () => {
    await expectAllRefuse(isQueued, { token: ada.token }, [403, 'QUEUE_TOKEN_REQUIRED']);
  });

  test('refuse a stranger’s, a changed one, and an access token in its place', async () => {
    const changed = tamper(ada.queueToken, { payload: { number: 999 } });
    for (const queueToken of [eve.queueToken, changed, ada.token, 'nonsense']) {
      const sent = { token: ada.token, queueToken };
      await expectAllRefuse(isQueued, sent, [403, 'QUEUE_TOKEN_INVALID']);
    }
  });

  test('refuse it with an idempotency key too, where it is not a retry', async () => {
    const sent = { token: ada.token, queueToken: eve.queueToken };
    const headers = { 'Idempotency-Key': 'never used' };
    const isBodyless = (operation: Operation) => isQueued(operation) && !operation.body;
    await expectAllRefuse(isBodyless, { ...sent, headers }, [403, 'QUEUE_TOKEN_INVALID']);
  });
});

describe('what belongs to ada', () => {
  let bookingId: number;
  let jobId: string;
  const key = { 'Idempotency-Key': 'ada’s own'.replace('’', "'") };

  beforeAll(async () => {
    const { seats } = await seatlane.client.schedule();
    const path = `/concerts/seats/${seats[0]?.id}/book`;
    const { body } = await seatlane.client.command('POST', path, { ...ada, headers: key });
    bookingId = body.result.id;
    jobId = body.id;
  });

  let before: object;
  beforeEach(async () => {
    before = await effects(seatlane.rows);
  });

  test('is not found by eve: job, events, key, bookings, history', async () => {
    const { client } = seatlane;
    for (const path of [
      `/jobs/${jobId}`,
      `/jobs/${jobId}/events`,
      `/jobs?idempotencyKey=${encodeURIComponent(key['Idempotency-Key'])}`,
    ]) {
      expectProblem(await client.request('GET', path, eve), 404, 'JOB_NOT_FOUND');
    }
    for (const path of ['/concerts/bookings', '/points/history']) {
      expect((await client.request('GET', path, eve)).body.items).toEqual([]);
    }
    const mine = (await client.request('GET', '/users/queue', ada)).body.number;
    expect((await client.request('GET', '/users/queue', eve)).body.number).not.toBe(mine);
  });

  test('cannot be paid or given back by eve, nor by an operator', async () => {
    const { client } = seatlane;
    const operator = await client.tokenFor('operator', 'admin');
    const paths = {
      pay: `/concerts/bookings/${bookingId}/pay`,
      own: `/concerts/bookings/${bookingId}`,
    };
    expectProblem(await client.command('POST', paths.pay, eve), 403, 'NOT_BOOKING_OWNER');
    for (const sender of [eve, { token: operator }]) {
      expectProblem(await client.command('DELETE', paths.own, sender), 403, 'NOT_BOOKING_OWNER');
    }
    expect(await effects(seatlane.rows)).toEqual(before);
  });
});

describe('with published keys', () => {
  let keys: Server;
  let strict: TestSeatlane;
  let publicPem: string;
  let publicJwk: object;
  let privateKey: webcrypto.CryptoKey;

  beforeAll(async () => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    privateKey = pair.privateKey;
    publicPem = await exportSPKI(pair.publicKey);
    publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
    keys = createServer((_request, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ keys: [publicJwk] }));
    });
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    const { port } = keys.address() as AddressInfo;
    strict = await startSeatlane({
      settings: {
        ...{ JWT_SECRET: '', DEV_ISSUER: 'false', JWKS_URL: `http://127.0.0.1:${port}` },
        QUEUE_TOKEN_SECRET: 'another for tests, 32 bytes long',
      },
      workers: 0,
    });
  });

  afterAll(async () => {
    await strict.stop();
    keys.close();
  });

  const sign = (alg: string, key: webcrypto.CryptoKey | Uint8Array, kid = 'one') =>
    new SignJWT({ role: 'admin' })
      .setProtectedHeader({ alg, kid })
      .setSubject('ada')
      .setIssuer('seatlane')
      .setAudience('seatlane')
      .setExpirationTime('1h')
      .sign(key);
  const look = async (token: string) => strict.client.request('GET', '/points', { token });

  test('a token that is signed with one of them gets in', async () => {
    expect((await look(await sign('RS256', privateKey))).status).toBe(200);
  });

  test('a public key is no secret: HS256 with it is refused', async () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    for (const secret of [publicPem, publicPem.trim(), JSON.stringify(publicJwk)]) {
      expectProblem(await look(await sign('HS256', bytes(secret))), 401, 'INVALID_TOKEN');
    }
  });

  test('another key is refused, under this key’s name and under its own', async () => {
    const other = await generateKeyPair('RS256');
    for (const kid of ['one', 'two']) {
      const answer = await look(await sign('RS256', other.privateKey, kid));
      expectProblem(answer, 401, 'INVALID_TOKEN');
    }
  });
});
