/** Verifying the codes of tickets without the API, on codes as the API issues them. */
import { describe, expect, test } from 'vitest';
import { SigningKey } from '../../../../../src/http/auth/signing-key.ts';
import { TicketCodes } from '../../../../../src/http/tickets/ticket-codes.ts';
import { type PublishedKey, verifyCode } from '../../../../../src/web/gate/device/verify.ts';

const SECRET = 'the ticket secret of this year 2026';
const codes = new TicketCodes([SECRET, 'the ticket secret of the last year']);
const queueKey = new SigningKey(SECRET, 'queue');
const keys = [queueKey.publicJwk, ...codes.publicJwks] as PublishedKey[];

const SCHEDULE = 7;
const code = codes.issue({ ticketId: 41, scheduleId: SCHEDULE, place: ['1층', 'G', '7'] });
const [header = '', payload = '', signature = ''] = code.split('.');

/** A text that is signed with a published key, but is no ticket. */
function signedWith(key: SigningKey, header: object, payload: unknown): string {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${key.sign(signed)}`;
}
const ticketKey = new SigningKey(SECRET, 'ticket', 8);
const alg = 'EdDSA';
const fields = { t: 41, s: SCHEDULE, p: 'G 7' };

describe('the code of a ticket', () => {
  test('is valid, and names the place', async () => {
    expect(await verifyCode(code, keys, SCHEDULE)).toEqual({
      state: 'valid',
      ticket: { ticketId: 41, scheduleId: SCHEDULE, place: '1층 G 7' },
    });
  });

  test('is valid if it was signed with a former key that is still published', async () => {
    const former = new TicketCodes(['the ticket secret of the last year']);
    const old = former.issue({ ticketId: 9, scheduleId: SCHEDULE, place: ['Standing'] });
    expect(await verifyCode(old, keys, SCHEDULE)).toMatchObject({ state: 'valid' });
  });

  test('of another performance is told apart', async () => {
    expect(await verifyCode(code, keys, 8)).toMatchObject({
      state: 'wrong-schedule',
      ticket: { ticketId: 41, scheduleId: SCHEDULE },
    });
  });

  test('without its key is not valid', async () => {
    expect(await verifyCode(code, [], SCHEDULE)).toEqual({ state: 'invalid' });
    const others = new TicketCodes(['a secret of somebody else entirely']).publicJwks;
    expect(await verifyCode(code, others as PublishedKey[], SCHEDULE)).toEqual({
      state: 'invalid',
    });
  });
});

const forged = Buffer.from(JSON.stringify({ ...fields, t: 42 })).toString('base64url');
test.each([
  ['an empty text', ''],
  ['an address', 'https://example.com/?a.b.c'],
  ['another payload', `${header}.${forged}.${signature}`],
  ['another signature', `${header}.${payload}.${'A'.repeat(86)}`],
  ['padding', `${code}=`],
  ['a space', ` ${code}`],
  ['a fourth part', `${code}.x`],
  ['no signature', `${header}.${payload}.`],
  ['a header that is no JSON', `abc.${payload}.${signature}`],
  ['a header that is null', `bnVsbA.${payload}.${signature}`],
  [
    'a text that is too long',
    signedWith(ticketKey, { alg, kid: ticketKey.id }, { ...fields, p: 'x'.repeat(200) }),
  ],
  ['a `typ`', signedWith(ticketKey, { alg, kid: ticketKey.id, typ: 'JWT' }, fields)],
  ['another algorithm', signedWith(ticketKey, { alg: 'none', kid: ticketKey.id }, fields)],
  ['no key id', signedWith(ticketKey, { alg }, fields)],
  ['a payload without a ticket', signedWith(queueKey, { alg, kid: queueKey.id }, { sub: 'ada' })],
  ['a ticket as text', signedWith(ticketKey, { alg, kid: ticketKey.id }, { ...fields, t: '41' })],
])('%s is no ticket', async (_what, text) => {
  expect(await verifyCode(text, keys, SCHEDULE)).toEqual({ state: 'invalid' });
});

test('another spelling of the same signature is no ticket', async () => {
  // The last of 86 characters has four bits too many, which a lenient decoder ignores.
  const last = signature.at(-1) as string;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const other = alphabet[alphabet.indexOf(last) + 1] as string;
  const respelled = signature.slice(0, -1) + other;
  expect(Buffer.from(respelled, 'base64url')).toEqual(Buffer.from(signature, 'base64url'));
  expect(await verifyCode(`${header}.${payload}.${respelled}`, keys, SCHEDULE)).toEqual({
    state: 'invalid',
  });
});
