/** Which queue tokens are valid, and for which user. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { QueueTokens } from '../../../../src/http/auth/queue-tokens.ts';
import { SigningKey } from '../../../../src/http/auth/signing-key.ts';
import { WaitingTickets } from '../../../../src/http/auth/waiting-tickets.ts';
import { tamper } from '../tamper.ts';

const SECRET = 'a secret for queue tokens, 32 bytes';
/** In whole seconds, as tokens have it. */
const EXPIRES_AT = Math.ceil(Date.now() / 1000 + 600) * 1000;
const DAY_S = 24 * 3600;
const named = { id: 11, queueId: 2, subject: 'ada' };
const entry = { ...named, number: 9, expiresAt: EXPIRES_AT };

const key = new SigningKey(SECRET);
const tokensOf = (secret: string) => new QueueTokens(new SigningKey(secret));

let tokens: QueueTokens;
let token: string;
beforeEach(async () => {
  tokens = new QueueTokens(key);
  token = await tokens.issue(entry);
});

const check = (given: string, subject = 'ada') => tokens.check(given, subject);

const invalid = expect.objectContaining({ code: 'QUEUE_TOKEN_INVALID' });
const expectInvalid = (given: string, subject?: string) =>
  expect(check(given, subject)).rejects.toEqual(invalid);

test('a queue token names the entry it was issued for', async () => {
  expect(await check(token)).toEqual(named);
});

test('a token is valid in processes with the same secret only', async () => {
  expect(await tokensOf(SECRET).check(token, 'ada')).toEqual(named);
  const others = tokensOf(`${SECRET}!`);
  await expect(others.check(token, 'ada')).rejects.toEqual(invalid);
});

test('an entry keeps its token until its expiry changes, and the old token stays valid', async () => {
  expect(await tokens.issue(entry)).toBe(token);
  const longer = await tokens.issue({ ...entry, expiresAt: EXPIRES_AT + 60_000 });
  expect(longer).not.toBe(token);
  for (const each of [token, longer]) expect(await check(each)).toEqual(named);
});

test('the token of a forgotten entry is still valid, and is the same when it is issued again', async () => {
  const signing = vi.spyOn(key, 'sign');
  expect(await check(token)).toEqual(named);
  expect(signing).not.toHaveBeenCalled();
  tokens.forget(entry.id);
  tokens.forget(entry.id);
  for (const _ of [1, 2]) expect(await check(token)).toEqual(named);
  expect(signing).toHaveBeenCalledOnce();
  expect(tokens.issue(entry)).toBe(token);
  expect(signing).toHaveBeenCalledTimes(2);
});

test('the exp of a token is a day after the expiry of its entry', () => {
  expect(decodeJwt(token).exp).toBe(EXPIRES_AT / 1000 + DAY_S);
});

test('a token whose exp has passed still names its entry, in every process', async () => {
  const old = await tokens.issue({ ...entry, expiresAt: EXPIRES_AT - 30 * DAY_S * 1000 });
  expect(decodeJwt(old).exp).toBeLessThan(Date.now() / 1000);
  expect(await check(old)).toEqual(named);
  expect(await tokensOf(SECRET).check(old, 'ada')).toEqual(named);
});

test('a cached token is still rejected for another user', async () => {
  await expectInvalid(token, 'bea');
  await check(token);
  await expectInvalid(token, 'bea');
});

describe('a modified token', () => {
  test.each([
    ['another entry', { payload: { entry: 1 } }],
    ['another queue', { payload: { queue: 1 } }],
    ['another subject', { payload: { sub: 'bea' } }],
    ['a later end', { payload: { exp: 9_999_999_999 } }],
    ['alg none', { header: { alg: 'none' } }],
    ['alg none and no signature', { header: { alg: 'none' }, signature: '' }],
    ['no signature', { signature: '' }],
    ['another signature', { signature: 'A'.repeat(86) }],
    ['another type', { header: { typ: 'JWT' } }],
    ['a key of its own', { header: { jwk: { kty: 'oct', k: 'AAAA' } } }],
  ])('to %s is not ours, whoever shows it', async (_change, changes) => {
    await expectInvalid(tamper(token, changes), 'ada');
    await expectInvalid(tamper(token, changes), 'bea');
  });
});

test.each(['', 'nonsense', 'a.b', 'a.b.c', '...', 'e30.e30.', 'x'.repeat(100_000)])(
  'nonsense of many kinds is no token: %#',
  (given) => expectInvalid(given),
);

/** A token as the version with one queue issued it. */
const ofOneQueue = (signer: KeyObject | Uint8Array, alg: string) =>
  new SignJWT({ number: 11 })
    .setProtectedHeader({ alg, typ: 'queue+jwt' })
    .setSubject('ada')
    .setIssuer('seatlane')
    .setAudience('seatlane-queue')
    .setExpirationTime(EXPIRES_AT / 1000)
    .sign(signer);

test('a token of a version with one queue names an entry of the house queue by its number', async () => {
  const seed = Buffer.from(hkdfSync('sha256', SECRET, '', 'seatlane queue token', 32));
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const derived = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const old = await ofOneQueue(derived, 'EdDSA');
  expect(await check(old)).toEqual({ id: 11, queueId: 1, subject: 'ada' });
});

test('a waiting ticket of the same entry is not accepted, in any process', async () => {
  const ticket = await new WaitingTickets(key).issue({ ...entry, enteredAt: 1 });
  await expectInvalid(ticket);
  await expect(tokensOf(SECRET).check(ticket, 'ada')).rejects.toEqual(invalid);
});

describe('a token with another signature', () => {
  test.each([
    ['EdDSA', generateKeyPairSync('ed25519').privateKey],
    ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
    ['HS256', new TextEncoder().encode(SECRET)],
  ])('with %s is not ours', async (alg, signer) => expectInvalid(await ofOneQueue(signer, alg)));

  test('with our public key as an HMAC secret is refused', async () => {
    const publicKey = createPublicKey({ key: key.publicJwk as never, format: 'jwk' });
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const raw = Buffer.from((key.publicJwk as { x: string }).x, 'base64url');
    for (const shared of [spki, Buffer.from(pem), raw]) {
      await expectInvalid(await ofOneQueue(new Uint8Array(shared), 'HS256'));
    }
  });
});

describe('the published key', () => {
  test('verifies issued tokens, which contain its key id', async () => {
    const jwk = key.publicJwk as { kid: string; kty: string; crv: string; x: string };
    const { payload, protectedHeader } = await jwtVerify(token, jwk, { algorithms: ['EdDSA'] });
    expect(payload).toMatchObject({ sub: 'ada', number: 9, queue: 2, entry: 11 });
    expect(protectedHeader).toMatchObject({ kid: jwk.kid, typ: 'queue+jwt' });
  });

  test('has no private part', () => {
    expect(key.publicJwk).toMatchObject({ kty: 'OKP', crv: 'Ed25519', use: 'sig' });
    expect(key.publicJwk).not.toHaveProperty('d');
    expect(JSON.stringify([tokens, key])).toBe('[{},{}]');
  });
});
