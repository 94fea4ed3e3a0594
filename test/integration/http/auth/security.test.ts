/** Every operation of `/openapi.json` refuses every kind of invalid token. */
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { QueueTokens } from '../../../../src/http/auth/queue-tokens.ts';
import { SigningKey } from '../../../../src/http/auth/signing-key.ts';
import { WaitingTickets } from '../../../../src/http/auth/waiting-tickets.ts';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { type Operation, readOperations } from '../../../support/http/operations.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { expectAllRefuse, type Refused } from '../../../support/http/refused.ts';
import { nowInSeconds, signToken, tamper } from '../../../support/http/tokens.ts';
import {
  type IdentityProvider,
  signWith,
  startIdentityProvider,
} from '../../../support/network/identity-provider.ts';
import { footprintsOf } from '../../../support/services/footprint.ts';
import {
  startSeatlane,
  TEST_SECRET,
  type TestSeatlane,
} from '../../../support/services/seatlane.ts';

/** The contract's public operations, and those that this project added: concerts and their stock are public. */
const OPEN = [
  'POST /auth/token',
  'GET /concerts',
  'GET /concerts/{concertId}',
  'GET /concerts/{concertId}/image',
  'GET /concerts/{concertId}/schedules',
  'GET /concerts/{concertId}/stock',
  'GET /events',
  'GET /halls/{hallId}/versions/{version}',
  'GET /settings',
  'GET /concerts/{concertId}/draw',
  'GET /queues',
  'GET /queues/{queueId}',
  'GET /concerts/{concertId}/draw/places',
  'GET /draws/{drawId}',
  'GET /draws/{drawId}/places',
  'GET /.well-known/jwks.json',
  // The provider's signature takes the place of a token.
  'POST /payments/{provider}/events',
  'GET /health/live',
  'GET /health/ready',
  'GET /health/serving',
  'GET /metrics',
];
/** The contract's operations for operators. The document also has newer ones. */
const ADMIN = ['POST /concerts', 'POST /concerts/{concertId}/schedules', 'POST /queues'];

const INVALID = [401, 'INVALID_TOKEN'] as const;
const needsToken = (operation: Operation) => operation.needsToken;
const needsLogin = (operation: Operation) => operation.needsLogin;
const isAdmin = (operation: Operation) => operation.isAdmin;
const isQueued = (operation: Operation) => operation.needsQueueToken;

let seatlane: TestSeatlane;
let refused: Refused;
let ada: AdmittedUser;
let eve: AdmittedUser;

beforeAll(async () => {
  // On a loaded machine these tests take minutes, in which no session may end.
  const settings = { QUEUE_TOKEN_SECONDS: '3600', CLAIM_SECONDS: '3600' };
  seatlane = await startSeatlane({ settings });
  const { client } = seatlane;
  refused = {
    client,
    footprints: footprintsOf(seatlane),
    ...(await readOperations(client)),
  };
  [ada, eve] = await Promise.all([client.admitted('ada'), client.admitted('eve')]);
  // The rows that the ids in paths name exist, so a request that is wrongly accepted changes something.
  const { seats } = await client.schedule();
  await client.command('POST', '/points/charge', { ...ada, body: { amount: 777 } });
  await client.command('POST', `/concerts/seats/${seats[0]?.id}/book`, ada);
});

afterAll(async () => {
  refused.footprints.close();
  await seatlane.stop();
});

test('the public operations are exactly those of the contract', () => {
  const open = refused.operations.filter((each) => !each.needsToken && !each.needsLogin);
  expect(open.map(({ name }) => name).filter((name) => !OPEN.includes(name))).toEqual([]);
});

test('the contract’s operations for operators require the role', () => {
  const names = refused.operations.filter(isAdmin).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(ADMIN));
});

test.each([
  ['no token', {}],
  [
    'a login instead of a token',
    { headers: { Authorization: 'Basic YWRtaW46dGVzdC1wYXNzd29yZA==' } },
  ],
])('a request with %s is refused by every operation', async (_what, send) => {
  await expectAllRefuse(refused, needsToken, send, [401, 'TOKEN_NOT_PROVIDED']);
});

test('an expired token is refused by every operation, also one of an operator', async () => {
  const exp = nowInSeconds() - 60;
  const token = await signToken({ claims: { exp, role: 'admin' } });
  await expectAllRefuse(refused, needsToken, { token }, [401, 'TOKEN_EXPIRED']);
});

/** An operator's token with these claims, so that only the invalid claim can cause the refusal. */
const operators = (claims: object = {}) => signToken({ claims: { role: 'admin', ...claims } });
const signatureOf = (token: string) => token.split('.')[2] ?? '';
const secret = new TextEncoder().encode(TEST_SECRET);

test.each<[string, () => Promise<string>]>([
  ['another audience', () => operators({ aud: 'another' })],
  ['another issuer', () => operators({ iss: 'another' })],
  ['no expiry', () => operators({ exp: undefined })],
  ['another secret', () => signToken({ claims: { role: 'admin' }, secret: 'x'.repeat(32) })],
  ['a modified subject', async () => tamper(await operators(), { payload: { sub: 'eve' } })],
  ['an added role', async () => tamper(await signToken(), { payload: { role: 'admin' } })],
  [
    'one letter of its signature changed',
    async () =>
      (await operators()).replace(/\.(.)([^.]+)$/, (_, a, b) => `.${a === 'A' ? 'B' : 'A'}${b}`),
  ],
  [
    'the signature of another token',
    async () => tamper(await operators(), { signature: signatureOf(await signToken()) }),
  ],
  ['no signature', async () => tamper(await operators(), { signature: '' })],
  [
    '`alg: none`',
    async () => tamper(await operators(), { header: { alg: 'none' }, signature: '' }),
  ],
  ['a longer digest', () => signWith(secret, { alg: 'HS512' })],
  ['the format of a queue token', async () => ada.queueToken],
])('a token with %s is refused by every operation', async (_what, make) => {
  await expectAllRefuse(refused, needsToken, { token: await make() }, INVALID);
});

test.each<[string, Record<string, string>]>([
  ['no login', {}],
  ['another name', { Authorization: `Basic ${btoa('root:test-password')}` }],
  ['another password', { Authorization: `Basic ${btoa('admin:wrong-password')}` }],
  ['no password', { Authorization: `Basic ${btoa('admin:')}` }],
  ['a malformed login', { Authorization: 'Basic admin' }],
])('%s is refused where the operators’ login is required', async (_what, headers) => {
  await expectAllRefuse(refused, needsLogin, { headers }, [401, 'LOGIN_REQUIRED']);
});

test('an operator’s access token is refused where the operators’ login is required', async () => {
  const token = await operators();
  await expectAllRefuse(refused, needsLogin, { token }, [401, 'LOGIN_REQUIRED']);
});

test('a user with a role other than `admin` is not an operator', async () => {
  for (const role of ['user', 'Admin', 'admin ', ['admin'], true, { admin: true }]) {
    const token = await signToken({ claims: { role } });
    await expectAllRefuse(refused, isAdmin, { ...ada, token }, [403, 'FORBIDDEN']);
  }
});

test('the role `gate` opens the check-in, and nothing else of operators', async () => {
  const token = await signToken({ claims: { role: 'gate' } });
  const isOfGates = ({ path }: Operation) => path.endsWith('/check-ins');
  expect(refused.operations.filter(isOfGates)).toHaveLength(2);
  const isOthers = (each: Operation) => isAdmin(each) && !isOfGates(each);
  await expectAllRefuse(refused, isOthers, { ...ada, token }, [403, 'FORBIDDEN']);
});

test.each(['7', 0, -7, 7.5, 1e300, null, [7]])(
  'a token for the schedule %j is invalid',
  async (schedule) => {
    const token = await signToken({ claims: { role: 'gate', schedule } });
    await expectAllRefuse(refused, needsToken, { ...ada, token }, [401, 'INVALID_TOKEN']);
  },
);

describe('operations for admitted users', () => {
  const INVALID_PLACE = [403, 'QUEUE_TOKEN_INVALID'] as const;

  test('require a queue token, and the commands require one from operators too', async () => {
    const needed = [403, 'QUEUE_TOKEN_REQUIRED'] as const;
    await expectAllRefuse(refused, isQueued, { token: ada.token }, needed);
    const isQueuedCommand = (each: Operation) => isQueued(each) && each.isCommand;
    await expectAllRefuse(refused, isQueuedCommand, { token: await operators() }, needed);
  });

  test.each<[string, () => Promise<string> | string]>([
    ['a token of another user', () => eve.queueToken],
    ['a modified token', () => tamper(ada.queueToken, { payload: { number: 999 } })],
    ['a token with another signature', () => issueFor(ada, { secret: 'x'.repeat(32) })],
    ['an access token', () => ada.token],
    ['a waiting ticket', () => ticketOf(ada)],
    ['nonsense', () => 'nonsense'],
  ])('refuse %s, with and without an idempotency key', async (_what, make) => {
    const sent = { token: ada.token, queueToken: await make() };
    await expectAllRefuse(refused, isQueued, sent, INVALID_PLACE);
    const headers = { 'Idempotency-Key': 'never used' };
    await expectAllRefuse(refused, isQueued, { ...sent, headers }, INVALID_PLACE);
  });

  test('refuse a token of an unknown queue entry, except payments, which leave it to the worker', async () => {
    const queueToken = await issueFor(ada, { number: 999_999 });
    const decidedHere = (each: Operation) => isQueued(each) && !/\/(pay|checkout)$/.test(each.path);
    await expectAllRefuse(refused, decidedHere, { token: ada.token, queueToken }, INVALID_PLACE);
  });

  /** A queue token of the user with these values replaced. */
  function issueFor(
    { subject, queueToken }: AdmittedUser,
    { expiresAt = Date.now() + 60_000, number = numberIn(queueToken), secret = TEST_SECRET },
  ): string {
    return new QueueTokens(new SigningKey(secret)).issue({
      id: number,
      queueId: 1,
      number,
      subject,
      expiresAt,
    });
  }

  /** The ticket that the user had while waiting for this entry. */
  function ticketOf({ subject, queueToken }: AdmittedUser): string {
    const number = numberIn(queueToken);
    const entry = { queueId: 1, number, subject, enteredAt: Date.now() };
    return new WaitingTickets(new SigningKey(TEST_SECRET)).issue(entry);
  }

  const numberIn = (token: string): number =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).number;

  test('accept a valid queue token made in the same way, also after its exp', async () => {
    const path = '/concerts/1/schedules/bookable';
    const [now, longAgo] = [Date.now(), Date.now() - 30 * 24 * 3_600_000];
    for (const expiresAt of [now, longAgo]) {
      const queueToken = await issueFor(ada, { expiresAt });
      const { status } = await seatlane.client.request('GET', path, { ...ada, queueToken });
      expect(status).toBe(200);
    }
  });
});

describe('with published keys', () => {
  let provider: IdentityProvider;
  let strict: TestSeatlane;
  let refusedThere: Refused;

  beforeAll(async () => {
    provider = await startIdentityProvider();
    strict = await startSeatlane({
      settings: {
        JWT_SECRET: '',
        DEV_ISSUER: 'false',
        JWKS_URL: provider.url,
        QUEUE_TOKEN_SECRET: 'another for tests, 32 bytes long',
      },
      workers: 0,
    });
    const { client } = strict;
    const footprints = footprintsOf(strict);
    refusedThere = { client, footprints, ...(await readOperations(client)) };
  });

  afterAll(async () => {
    refusedThere.footprints.close();
    await strict.stop();
    provider.stop();
  });

  const look = (token: string) => strict.client.request('GET', '/points', { token });

  test('requests get 503 while the keys of the identity provider cannot be fetched', async () => {
    const token = await signWith(provider.keys.RS256, { alg: 'RS256', kid: 'RS256' });
    for (const answer of [
      { status: 500, body: '{}' },
      { status: 404, body: '{"keys":[]}' },
      { status: 200, body: '<html>' },
      { status: 200, body: '{"no":"keys"}' },
    ]) {
      provider.answer = answer;
      const refusal = await look(token);
      expectProblem(refusal, 503, 'SERVICE_UNAVAILABLE');
      expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    provider.answer = undefined;
  });

  test.each(['RS256', 'ES256'] as const)('a token signed with %s is accepted', async (alg) => {
    expect((await look(await signWith(provider.keys[alg], { alg, kid: alg }))).status).toBe(200);
    expect((await look(await signWith(provider.keys[alg], { alg }))).status).toBe(200);
  });

  test('a token signed with the public key as the secret of HS256 is refused', async () => {
    for (const text of provider.publicTexts) {
      for (const kid of ['RS256', 'ES256']) {
        const token = await signWith(new TextEncoder().encode(text), { alg: 'HS256', kid });
        await expectAllRefuse(refusedThere, needsToken, { token }, INVALID);
      }
    }
  });

  test('a token signed with another key is refused, whichever key its header names or contains', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = await crypto.subtle.exportKey('jwk', publicKey);
    const jku = 'http://127.0.0.1:9/keys';
    for (const more of [{ kid: 'RS256' }, { kid: 'another' }, {}, { jwk }, { jku }]) {
      const token = await signWith(privateKey, { alg: 'RS256', ...more });
      await expectAllRefuse(refusedThere, needsToken, { token }, INVALID);
    }
  });

  test('an unsigned token is refused, and so is a token signed with the secret of another server', async () => {
    const right = await signWith(provider.keys.RS256, { alg: 'RS256', kid: 'RS256' });
    const unsigned = tamper(right, { header: { alg: 'none' }, signature: '' });
    for (const token of [unsigned, await operators()]) {
      await expectAllRefuse(refusedThere, needsToken, { token }, INVALID);
    }
  });

  test('operators open no gate, because the API cannot sign the token', async () => {
    const token = await signWith(provider.keys.RS256, { alg: 'RS256', kid: 'RS256' });
    const body = { scheduleId: 1, gate: 'North 2' };
    const answer = await strict.client.request('POST', '/admin/gate-sessions', { token, body });
    expectProblem(answer, 409, 'TOKENS_ISSUED_ELSEWHERE');
  });
});
