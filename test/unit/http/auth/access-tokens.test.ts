/** Which user a token identifies, and which tokens are refused. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AccessTokens } from '../../../../src/http/auth/access-tokens.ts';
import { QueueTokens } from '../../../../src/http/auth/queue-tokens.ts';
import { SigningKey } from '../../../../src/http/auth/signing-key.ts';
import { WaitingTickets } from '../../../../src/http/auth/waiting-tickets.ts';
import { tamper } from '../tamper.ts';

const SECRET = 'a secret for access tokens, 32 bytes';
const secretKey = new TextEncoder().encode(SECRET);
const settings = {
  jwtSecret: SECRET,
  jwksUrl: undefined,
  jwtIssuer: 'seatlane',
  jwtAudience: 'seatlane-api',
};
/** The check gets the time from its caller, so the tests use a fixed time. */
const NOW_S = 1_780_000_000;
const NOW_MS = NOW_S * 1000;
const claims = { sub: 'ada', iss: 'seatlane', aud: 'seatlane-api', exp: NOW_S + 60 };

const signed = (
  change: Record<string, unknown> = {},
  { key = secretKey as Uint8Array | KeyObject, alg = 'HS256' } = {},
) => new SignJWT({ ...claims, ...change } as JWTPayload).setProtectedHeader({ alg }).sign(key);

let tokens: AccessTokens;
beforeEach(() => {
  tokens = new AccessTokens(settings);
});

async function expectProblem(checking: Promise<unknown>, code: string): Promise<void> {
  await expect(checking).rejects.toEqual(expect.objectContaining({ code }));
}

const expectInvalid = async (token: string | Promise<string>, by = tokens) =>
  expectProblem(by.check(await token, NOW_MS), 'INVALID_TOKEN');

describe('a token signed with our secret', () => {
  test('identifies its subject, who is not an operator', async () => {
    expect(await tokens.check(await signed(), NOW_MS)).toEqual({
      subject: 'ada',
      name: undefined,
      role: undefined,
      isAdmin: false,
    });
  });

  test('identifies its subject and the role of an operator', async () => {
    const token = await signed({ name: 'Ada Lovelace', role: 'admin' });
    expect(await tokens.check(token, NOW_MS)).toMatchObject({
      name: 'Ada Lovelace',
      isAdmin: true,
    });
  });

  test('identifies the role of a gate, which is not an operator', async () => {
    const caller = await tokens.check(await signed({ role: 'gate' }), NOW_MS);
    expect(caller).toMatchObject({ role: 'gate', isAdmin: false });
  });

  test.each([['Admin'], ['user'], ['Gate'], [['gate']], [['admin']], [true], [{ admin: true }]])(
    'with the role %j is no operator’s',
    async (role) => {
      const caller = await tokens.check(await signed({ role }), NOW_MS);
      expect(caller).toMatchObject({ role: undefined, isAdmin: false });
    },
  );

  test.each([[5], ['a\0b'], ['a\ud800b'], [['Ada']]])(
    'with the invalid name %j is accepted without a name',
    async (name) => {
      expect((await tokens.check(await signed({ name }), NOW_MS)).name).toBeUndefined();
    },
  );

  test('with a name of 300 characters is accepted with the first 255', async () => {
    const { name } = await tokens.check(await signed({ name: 'x'.repeat(300) }), NOW_MS);
    expect(name).toHaveLength(255);
  });

  test('can be for several audiences', async () => {
    const token = await signed({ aud: ['somebody else', 'seatlane-api'] });
    expect((await tokens.check(token, NOW_MS)).subject).toBe('ada');
  });

  test.each([
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a number as its subject', { sub: 5 }],
    ['a list as its subject', { sub: ['ada'] }],
    ['a subject of 256 characters', { sub: 'x'.repeat(256) }],
    ['NUL in its subject', { sub: 'a\0da' }],
    ['half a surrogate pair in its subject', { sub: 'a\ud800da' }],
    ['no expiry', { exp: undefined }],
    ['no issuer', { iss: undefined }],
    ['another issuer', { iss: 'somebody else' }],
    ['no audience', { aud: undefined }],
    ['another audience', { aud: 'somebody else' }],
    ['a subject of 256 characters of two units each', { sub: '😀'.repeat(256) }],
    ['a later begin', { nbf: NOW_S + 6 }],
  ])('with %s is not valid', (_fault, change) => expectInvalid(signed(change)));

  test('that has expired is refused with the same error each time', async () => {
    const token = await signed({ exp: NOW_S - 5 });
    await expectProblem(tokens.check(token, NOW_MS), 'TOKEN_EXPIRED');
    await expectProblem(tokens.check(token, NOW_MS), 'TOKEN_EXPIRED');
  });

  test('is cached until it expires and no longer', async () => {
    const token = await signed({ exp: NOW_S + 60 });
    await tokens.check(token, NOW_MS);
    expect((await tokens.check(token, NOW_MS + 64_999)).subject).toBe('ada');
    await expectProblem(tokens.check(token, NOW_MS + 65_000), 'TOKEN_EXPIRED');
  });

  test('is accepted if the clocks of issuer and database differ by 4 s', async () => {
    for (const change of [{ nbf: NOW_S + 4 }, { exp: NOW_S - 4 }]) {
      expect((await tokens.check(await signed(change), NOW_MS)).subject).toBe('ada');
    }
  });

  test.each(['ü'.repeat(255), '😀'.repeat(255)])(
    'may have a subject of 255 characters: %#',
    async (sub) => {
      expect((await tokens.check(await signed({ sub }), NOW_MS)).subject).toBe(sub);
    },
  );

  test('with a name of 300 emoji is accepted with the first 255, and no emoji is cut in two', async () => {
    const { name } = await tokens.check(await signed({ name: `x${'😀'.repeat(300)}` }), NOW_MS);
    expect(name).toBe(`x${'😀'.repeat(254)}`);
  });
});

describe('a modified token', () => {
  test.each([
    ['another subject', { payload: { sub: 'bea' } }],
    ['a role', { payload: { role: 'admin' } }],
    ['a later end', { payload: { exp: NOW_S + 999_999 } }],
    ['alg none', { header: { alg: 'none' } }],
    ['alg none and no signature', { header: { alg: 'none' }, signature: '' }],
    ['alg None and no signature', { header: { alg: 'None' }, signature: '' }],
    ['no signature', { signature: '' }],
    ['alg HS384', { header: { alg: 'HS384' } }],
    ['alg RS256', { header: { alg: 'RS256' } }],
    ['alg EdDSA', { header: { alg: 'EdDSA' } }],
    ['an unknown demand', { header: { crit: ['magic'], magic: true } }],
  ])('to %s is not valid', async (_change, changes) => {
    await expectInvalid(tamper(await signed(), changes));
  });

  test('is invalid even if the original token is cached', async () => {
    const token = await signed();
    await tokens.check(token, NOW_MS);
    await expectInvalid(tamper(token, { payload: { sub: 'bea' } }));
  });
});

test.each(['', 'nonsense', 'a.b', 'a.b.c', '...', 'e30.e30.', 'e30.e30.e30', 'x'.repeat(100_000)])(
  'nonsense of many kinds is no token: %#',
  (token) => expectInvalid(token),
);

test('a token with another secret or with a longer digest is invalid', async () => {
  const another = new TextEncoder().encode('another secret, 32 bytes long too');
  await expectInvalid(signed({}, { key: another }));
  await expectInvalid(signed({}, { alg: 'HS512' }));
});

test('neither a queue token nor a waiting ticket is accepted as an access token', async () => {
  const key = new SigningKey(SECRET);
  const entry = { id: 11, queueId: 1, number: 11, subject: 'ada' };
  await expectInvalid(new QueueTokens(key).issue({ ...entry, expiresAt: NOW_MS + 60_000 }));
  await expectInvalid(new WaitingTickets(key).issue({ ...entry, enteredAt: NOW_MS }));
});

test('a token of the development issuer is valid for an hour', async () => {
  // The given time differs from that of the host: an issued token must be valid by the clock that checks it.
  const claims = { subject: 'ada', name: 'Ada', role: 'admin' };
  const { accessToken, tokenType, expiresIn } = await tokens.issue(claims, NOW_MS);
  expect({ tokenType, expiresIn }).toEqual({ tokenType: 'Bearer', expiresIn: 3600 });
  const caller = { subject: 'ada', name: 'Ada', role: 'admin', isAdmin: true };
  expect(await tokens.check(accessToken, NOW_MS + 3_599_000)).toEqual(caller);
  await expectProblem(tokens.check(accessToken, NOW_MS + 3_605_000), 'TOKEN_EXPIRED');
});

describe('a token of an identity provider', () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const strangers = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...keys.publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' };
  const older = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const another = { ...jwk, ...older.publicKey.export({ format: 'jwk' }), kid: 'another' };
  let provider: Server;
  let published: AccessTokens;

  beforeAll(async () => {
    provider = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: [another, jwk] }));
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const jwksUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/keys`;
    published = new AccessTokens({ ...settings, jwtSecret: undefined, jwksUrl });
  });
  afterAll(() => new Promise((resolve) => provider.close(resolve)));

  const theirs = (change: Record<string, unknown> = {}) =>
    signed(change, { key: keys.privateKey, alg: 'RS256' });

  test('that is signed with a published key identifies its subject', async () => {
    const token = await theirs({ role: 'admin' });
    expect(await published.check(token, NOW_MS)).toMatchObject({ subject: 'ada', isAdmin: true });
  });

  test('without a key id can be signed with any published key', async () => {
    for (const key of [keys.privateKey, older.privateKey]) {
      const token = await signed({}, { key, alg: 'RS256' });
      expect((await published.check(token, NOW_MS)).subject).toBe('ada');
      const expired = await signed({ exp: NOW_S - 5 }, { key, alg: 'RS256' });
      await expectProblem(published.check(expired, NOW_MS), 'TOKEN_EXPIRED');
    }
  });

  test('that is signed with an unpublished key is invalid', () =>
    expectInvalid(signed({}, { key: strangers.privateKey, alg: 'RS256' }), published));

  test('that is signed with the published key as an HMAC secret is invalid', async () => {
    const spki = keys.publicKey.export({ type: 'spki', format: 'pem' }) as string;
    for (const text of [spki, spki.trim(), jwk.n as string]) {
      for (const alg of ['HS256', 'HS384', 'HS512']) {
        await expectInvalid(signed({}, { key: new TextEncoder().encode(text), alg }), published);
      }
    }
  });

  test('with `alg: none` is invalid', async () => {
    await expectInvalid(
      tamper(await theirs(), { header: { alg: 'none' }, signature: '' }),
      published,
    );
  });

  test('must have the same claims as one of ours', async () => {
    await expectInvalid(theirs({ aud: 'somebody else' }), published);
    await expectInvalid(theirs({ iss: 'somebody else' }), published);
    await expectInvalid(theirs({ exp: undefined }), published);
    await expectProblem(published.check(await theirs({ exp: NOW_S - 5 }), NOW_MS), 'TOKEN_EXPIRED');
  });

  test('is refused by a server with a secret, and a token with that secret is refused by a server with published keys', async () => {
    await expectInvalid(theirs());
    await expectInvalid(signed(), published);
  });

  test('causes a temporary error while the keys cannot be fetched', async () => {
    const nowhere = new AccessTokens({
      ...settings,
      jwtSecret: undefined,
      jwksUrl: 'http://127.0.0.1:9/keys',
    });
    const checking = nowhere.check(await theirs(), NOW_MS);
    await expect(checking).rejects.toEqual(
      expect.objectContaining({
        code: 'SERVICE_UNAVAILABLE',
        details: expect.objectContaining({ retryAfterSeconds: expect.any(Number) }),
      }),
    );
  });
});
