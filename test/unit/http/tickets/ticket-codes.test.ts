/** Tests of ticket codes: what they say, how long they are, and which ones are refused. */
import { createPublicKey, verify } from 'node:crypto';
import { compactVerify, importJWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { QueueTokens } from '../../../../src/http/auth/queue-tokens.ts';
import { SigningKey } from '../../../../src/http/auth/signing-key.ts';
import { TicketCodes } from '../../../../src/http/tickets/ticket-codes.ts';

const SECRET = 'a secret of tickets with enough bytes';
const OLD_SECRET = 'the secret of tickets of the last year';
const codes = new TicketCodes([SECRET]);
const ticket = { ticketId: 41, scheduleId: 7, place: ['Floor', '3', '12'] };

const partsOf = (code: string) => code.split('.') as [string, string, string];
const jsonOf = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());

describe('a code', () => {
  test('says the ticket, the schedule and the place, and nothing else', () => {
    const [header, payload] = partsOf(codes.issue(ticket));
    expect(jsonOf(header)).toEqual({ alg: 'EdDSA', kid: expect.stringMatching(/^[\w-]{8}$/) });
    expect(jsonOf(payload)).toEqual({ t: 41, s: 7, p: 'Floor 3 12' });
  });

  test('is the same each time, in every process', () => {
    expect(codes.issue(ticket)).toBe(new TicketCodes([SECRET]).issue(ticket));
  });

  test('is verified by any JWT library with the published key', async () => {
    const code = codes.issue(ticket);
    const [jwk] = codes.publicJwks as [{ kid: string }];
    const { payload, protectedHeader } = await compactVerify(code, await importJWK(jwk, 'EdDSA'));
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({ t: 41, s: 7 });
    expect(protectedHeader.kid).toBe(jwk.kid);
    expect(jwk).not.toHaveProperty('d');
  });

  test.each([
    ['of a short name', { ...ticket, place: ['A', '1'] }],
    [
      'of a long Korean name',
      { ...ticket, place: ['가'.repeat(60), '나'.repeat(60), '2147483647'] },
    ],
    ['of an area with emoji', { ...ticket, place: ['👩‍👩‍👧‍👦'.repeat(8)] }],
    ['of quotation marks', { ...ticket, place: ['"\\'.repeat(30)] }],
  ])('%s has at most 250 characters with the largest ids', (_, of) => {
    const largest = { ticketId: Number.MAX_SAFE_INTEGER, scheduleId: Number.MAX_SAFE_INTEGER };
    const code = codes.issue({ ...of, ...largest });
    expect(code.length).toBeLessThanOrEqual(250);
    expect(codes.read(code)).toEqual(largest);
    const { p } = jsonOf(partsOf(code)[1]);
    expect(p.isWellFormed()).toBe(true);
    expect(p).not.toBe('');
  });

  test('keeps the number of a seat whose section is too long', () => {
    const [, payload] = partsOf(codes.issue({ ...ticket, place: ['가'.repeat(60), '나', '12'] }));
    expect(jsonOf(payload).p).toMatch(/^가+… 나 12$/);
  });
});

describe('reading a code', () => {
  test('returns the ticket and the schedule', () => {
    expect(codes.read(codes.issue(ticket))).toEqual({ ticketId: 41, scheduleId: 7 });
  });

  test('accepts codes of former secrets, and refuses them once the secret is gone', () => {
    const old = new TicketCodes([OLD_SECRET]).issue(ticket);
    expect(new TicketCodes([SECRET, OLD_SECRET]).read(old)?.ticketId).toBe(41);
    expect(codes.read(old)).toBeUndefined();
  });

  test('signs with the first of several secrets', () => {
    const several = new TicketCodes([SECRET, OLD_SECRET]);
    expect(several.issue(ticket)).toBe(codes.issue(ticket));
    expect(several.publicJwks).toHaveLength(2);
  });

  const code = codes.issue(ticket);
  const [header, payload, signature] = partsOf(code);
  const forged = Buffer.from(JSON.stringify({ t: 42, s: 7, p: '' })).toString('base64url');
  const unsigned = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
  // The last character of the signature carries four bits that its bytes do not.
  const respelt = signature.slice(0, -1) + String.fromCharCode(signature.charCodeAt(85) + 1);

  test.each([
    ['an empty text', ''],
    ['a web address', 'https://example.com/tickets/41'],
    ['a code that was cut', code.slice(0, -1)],
    ['a code with a further part', `${code}.`],
    ['a code with spaces', ` ${code}`],
    ['another payload', [header, forged, signature].join('.')],
    ['a header without a signature', [unsigned, payload, ''].join('.')],
    ['another spelling of the signature', [header, payload, respelt].join('.')],
    ['a text of a million characters', 'a.'.repeat(500_000)],
  ])('refuses %s', (_, text) => {
    expect(codes.read(text)).toBeUndefined();
  });

  test('refuses a queue token, also one of the same secret', async () => {
    const tokens = new QueueTokens(new SigningKey(SECRET));
    const entry = { id: 1, queueId: 1, number: 1, subject: 'ada', expiresAt: 2_000_000_000_000 };
    expect(codes.read(await tokens.issue(entry))).toBeUndefined();
    await expect(tokens.check(code, 'ada')).rejects.toThrow();
  });

  test('uses another key than queue tokens do', () => {
    const [jwk] = codes.publicJwks;
    const key = createPublicKey({ key: jwk as never, format: 'jwk' });
    const signed = Buffer.from(`${header}.${payload}`);
    const bytes = Buffer.from(signature, 'base64url');
    expect(verify(null, signed, key, bytes)).toBe(true);
    expect(verify(null, signed, new SigningKey(SECRET).publicKey, bytes)).toBe(false);
  });
});
