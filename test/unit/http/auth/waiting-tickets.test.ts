/** What a waiting ticket says, and that anyone can verify it with the published key. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { beforeEach, describe, expect, test } from 'vitest';
import { QueueTokens } from '../../../../src/http/auth/queue-tokens.ts';
import { SigningKey } from '../../../../src/http/auth/signing-key.ts';
import { type Signed, WaitingTickets } from '../../../../src/http/auth/waiting-tickets.ts';
import { tamper } from '../tamper.ts';

const SECRET = 'a secret for waiting tickets, 32 bytes';
const ENTERED_AT = 1_764_201_600_900;
const entry = { queueId: 2, number: 9, subject: 'ada', enteredAt: ENTERED_AT };

const DEMANDED = {
  issuer: 'seatlane',
  audience: 'seatlane-waiting',
  typ: 'waiting-ticket+jwt',
  algorithms: ['EdDSA'],
};

const key = new SigningKey(SECRET);
let tickets: WaitingTickets;
beforeEach(() => {
  tickets = new WaitingTickets(key);
});

/** Verifies a ticket with the published key set alone, as docs/client.md says. */
async function verify(ticket: string, published: object = key.publicJwk) {
  const keys = createLocalJWKSet({ keys: [published] } as never);
  return (await jwtVerify(ticket, keys, DEMANDED)).payload;
}

test('a ticket names user, queue, number and time of entry, and nothing else', async () => {
  expect(await verify(await tickets.issue(entry))).toEqual({
    iss: 'seatlane',
    aud: 'seatlane-waiting',
    sub: 'ada',
    queue: 2,
    number: 9,
    entered_at: 1_764_201_600,
  });
});

test('the page for clients demands issuer, audience and type', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../../docs/client.md'), 'utf8');
  const literal = /const demanded = (\{.*\});/.exec(page)?.[1] ?? '';
  const listed = JSON.parse(literal.replaceAll("'", '"').replaceAll(/(\w+):/g, '"$1":'));
  expect(listed).toEqual(DEMANDED);
});

test('a ticket of a name with letters of any script is verified', async () => {
  const subject = '예약 “Ada” Ö 🎫';
  expect(await verify(await tickets.issue({ ...entry, subject }))).toMatchObject({ sub: subject });
});

test('an entry has the same ticket in every poll and process', async () => {
  const signed = {};
  const ticket = await tickets.issue(entry, signed);
  expect(await tickets.issue(entry, signed)).toBe(ticket);
  expect(await tickets.issue(entry)).toBe(ticket);
  expect(await new WaitingTickets(new SigningKey(SECRET)).issue(entry)).toBe(ticket);
});

test('an entry is signed once for a caller that keeps the signature', async () => {
  const signed: Signed = {};
  await tickets.issue(entry, signed);
  expect(signed.ticketSignature).toMatch(/^[\w-]{86}$/);
  signed.ticketSignature = 'kept';
  expect(await tickets.issue(entry, signed)).toMatch(/\.kept$/);
});

describe('not verified as a ticket is', () => {
  test('the queue token of the same entry', async () => {
    const token = await new QueueTokens(key).issue({
      ...entry,
      id: 11,
      expiresAt: Date.now() + 60_000,
    });
    await expect(verify(token)).rejects.toMatchObject({ claim: 'typ' });
  });

  test.each([
    ['another user', { payload: { sub: 'bea' } }],
    ['a lower number', { payload: { number: 1 } }],
    ['an earlier entry', { payload: { entered_at: 1 } }],
    ['another queue', { payload: { queue: 1 } }],
    ['the type of a queue token', { header: { typ: 'queue+jwt' } }],
    ['alg none', { header: { alg: 'none' }, signature: '' }],
  ])('a ticket changed to %s', async (_what, changes) => {
    await expect(verify(tamper(await tickets.issue(entry), changes))).rejects.toThrow();
  });

  test('a ticket of another installation', async () => {
    const ticket = await tickets.issue(entry);
    await expect(verify(ticket, new SigningKey(`${SECRET}!`).publicJwk)).rejects.toThrow();
  });
});

test('neither the ticket nor the key pair appears in logs of the object', () => {
  expect(JSON.stringify(tickets)).toBe('{}');
});
