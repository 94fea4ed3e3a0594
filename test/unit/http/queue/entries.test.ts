/** When a queue entry is returned from memory, and when its row is read. */
import { decodeJwt, jwtVerify } from 'jose';
import { beforeEach, expect, test, vi } from 'vitest';
import { COMMAND_FAILED } from '../../../../src/commands/command.ts';
import { queueEntry } from '../../../../src/commands/schemas/resources.ts';
import type { OpenEntry } from '../../../../src/db/reads/queue/entries.ts';
import type { LineBlock } from '../../../../src/db/reads/queue/line.ts';
import { QueueTokens } from '../../../../src/http/auth/queue-tokens.ts';
import { SigningKey } from '../../../../src/http/auth/signing-key.ts';
import { WaitingTickets } from '../../../../src/http/auth/waiting-tickets.ts';
import { QueueEntries } from '../../../../src/http/queue/entries.ts';
import { Presence, type PresenceNotes } from '../../../../src/http/queue/presence.ts';
import { QueuesInMemory } from '../../../../src/http/queue/queues-in-memory.ts';
import { WaitEstimates } from '../../../../src/http/queue/wait-estimates.ts';
import type { Announcement } from '../../../../src/lanes/announcements.ts';
import { COUNTERS, goneUpTo, OTHER, RATE, reached } from './house-queue.ts';

const EXPIRES_AT = 1_900_000_000_000;
const BOOKING_UNTIL = EXPIRES_AT - 60_000;

let asked: string[];
let askedActive: number[];
let written: PresenceNotes[];
/** What the database says of the lines. */
let blocks: LineBlock[];
/** What a read of an entry's row returns of it. */
let row: Pick<OpenEntry, 'state' | 'expiresAt' | 'bookingUntil' | 'numberBeforeDraw'>;
/** Whether the entry that is read was skipped. */
let isSkipped: boolean;
let presence: Presence;
let queues: QueuesInMemory;
let entries: QueueEntries;

const ENTERED_AT = '2026-11-20T08:59:58.317Z';
const LATER = '2026-11-20T09:00:00.000Z';
const key = new SigningKey('a secret for tests, 32 bytes long');

const waiting = { state: 'waiting', expiresAt: null, enteredAt: ENTERED_AT } as const;
const ada = { subject: 'ada', queueId: 1 };

beforeEach(async () => {
  asked = [];
  askedActive = [];
  written = [];
  blocks = [goneUpTo(4)];
  row = {
    state: 'active',
    expiresAt: EXPIRES_AT,
    bookingUntil: BOOKING_UNTIL,
    numberBeforeDraw: null,
  };
  isSkipped = false;
  presence = new Presence({
    async write(notes) {
      written.push(notes);
      return notes;
    },
    noteWatch: async () => undefined,
    now: () => EXPIRES_AT - 1,
  });
  queues = new QueuesInMemory({
    readCounters: async () => [COUNTERS, OTHER],
    readLines: async () => blocks,
    hasQueue: async () => false,
    rate: RATE,
  });
  entries = new QueueEntries({
    queues,
    reader: {
      async ofUser({ subject, queueId }) {
        asked.push(subject);
        const entry = { id: 7, queueId, number: 7, subject, seenAt: EXPIRES_AT - 1 };
        const read = { ...entry, enteredAt: Date.parse(ENTERED_AT), ...row, isSkipped };
        return isSkipped
          ? { ...read, state: 'waiting', expiresAt: null, bookingUntil: null }
          : read;
      },
      endOf: async () => undefined,
      async activeUntil(entryId) {
        askedActive.push(entryId);
        return EXPIRES_AT;
      },
    },
    tokens: new QueueTokens(key),
    tickets: new WaitingTickets(key),
    estimates: new WaitEstimates({ readSessionEnds: async () => [], now: () => EXPIRES_AT - 1 }),
    presence,
    now: () => EXPIRES_AT - 1,
  });
  await queues.refresh();
  await entries.present({ ...waiting, id: 7, queueId: 1, number: 7 }, 'ada');
});

test('an entry whose number was not reached is served from memory', async () => {
  expect(await entries.entryOf(ada)).toMatchObject({ state: 'waiting', position: 3 });
  expect(asked).toEqual([]);
});

test('an entry is read from its row as soon as its number is out of the line', async () => {
  blocks = [goneUpTo(7, 2)];
  await queues.refresh();
  expect(await entries.entryOf(ada)).toMatchObject({ state: 'active', position: 0 });
  expect(asked).toEqual(['ada']);
});

test('a poll of a skipped user notes the return, and shows the place that the user has again', async () => {
  isSkipped = true;
  blocks = [goneUpTo(7, 2)];
  await queues.refresh();
  expect(await entries.entryOf(ada)).toMatchObject({ state: 'waiting', position: 1 });
  await presence.flush();
  expect(written.flatMap(({ returned }) => returned)).toMatchObject([{ id: 7, queueId: 1 }]);
});

test('a waiting user has a ticket from memory, and an admitted user has a token instead', async () => {
  const entry = await entries.entryOf(ada);
  expect(entry).toMatchObject({ enteredAt: ENTERED_AT, queueToken: null });
  const seconds = Math.floor(Date.parse(ENTERED_AT) / 1000);
  const claims = { sub: 'ada', queue: 1, number: 7, entered_at: seconds };
  expect(decodeJwt(entry?.waitingTicket ?? '')).toMatchObject(claims);
  const again = await entries.entryOf(ada);
  expect(queueEntry.strict().parse(again)).toEqual(entry);
  expect(asked).toEqual([]);
  queues.onAdmission(reached(7));
  const admitted = { waitingTicket: null, queueToken: expect.any(String), isWaitKnown: true };
  expect(await entries.entryOf(ada)).toMatchObject({ enteredAt: ENTERED_AT, ...admitted });
});

test('what is kept of an entry is dropped when it no longer waits, and its token when it has paid', async () => {
  const signing = vi.spyOn(key, 'sign');
  const signedBy = async (act: () => Promise<unknown>) => {
    const before = signing.mock.calls.length;
    await act();
    return signing.mock.calls.length - before;
  };
  const show = () => entries.present({ ...waiting, id: 7, queueId: 1, number: 7 }, 'ada');
  const poll = () => entries.entryOf(ada);
  expect(await signedBy(show)).toBe(0);
  queues.onAdmission(reached(7));
  expect(await signedBy(poll)).toBe(1);
  expect(await signedBy(poll)).toBe(0);
  expect(await signedBy(show)).toBe(1);
  entries.onAnnouncements([paid(7)]);
  expect(await signedBy(poll)).toBe(1);
});

test('a ticket is signed anew after a draw, and after a failover that lost the entry', async () => {
  const ticketOf = async (subject: string, number: number, enteredAt: string) => {
    const entry = await entries.present(
      { ...waiting, id: 7, queueId: 1, number, enteredAt },
      subject,
    );
    const { payload } = await jwtVerify(entry.waitingTicket ?? '', key.publicKey);
    return { sub: payload.sub, number: payload.number };
  };
  expect(await ticketOf('ada', 7, ENTERED_AT)).toEqual({ sub: 'ada', number: 7 });
  expect(await ticketOf('ada', 12, ENTERED_AT)).toEqual({ sub: 'ada', number: 12 });
  expect(await ticketOf('bea', 12, LATER)).toEqual({ sub: 'bea', number: 12 });
  expect(await ticketOf('ada', 12, LATER)).toEqual({ sub: 'ada', number: 12 });
});

test('an outcome of an older version lacks the time of entry, so the row is read for the ticket', async () => {
  const old = { id: 7, queueId: 1, number: 7, state: 'waiting', expiresAt: null } as const;
  row = { state: 'waiting', expiresAt: null, bookingUntil: null, numberBeforeDraw: null };
  const shown = await entries.presentNow(old, 'bea');
  expect(shown).toMatchObject({ enteredAt: ENTERED_AT, waitingTicket: expect.any(String) });
  expect(asked).toEqual(['bea']);
  const ended = { ...old, state: 'ended' } as const;
  expect(await entries.presentNow(ended, 'bea')).toMatchObject({
    enteredAt: null,
    waitingTicket: null,
  });
});

test('an entry is read from its row as soon as its admission is announced', async () => {
  queues.onAdmission(reached(7));
  expect(await entries.entryOf(ada)).toMatchObject({ state: 'active', position: 0 });
  expect(asked).toEqual(['ada']);
});

test('an entry that a hold has prolonged shows until when its user can book', async () => {
  expect(await entries.entryOf(ada)).toMatchObject({ expiresAt: null, bookingUntil: null });
  queues.onAdmission(reached(7));
  expect(await entries.entryOf(ada)).toMatchObject({
    expiresAt: new Date(EXPIRES_AT).toISOString(),
    bookingUntil: new Date(BOOKING_UNTIL).toISOString(),
  });
});

test('an active entry in an outcome of an older version does not say until when its user can book', async () => {
  const expiresAt = new Date(EXPIRES_AT).toISOString();
  const old = { id: 7, queueId: 1, number: 7, state: 'active', enteredAt: ENTERED_AT } as const;
  const shown = await entries.presentNow({ ...old, expiresAt }, 'ada');
  expect(shown).toMatchObject({ expiresAt, bookingUntil: null, queueToken: expect.any(String) });
  expect(queueEntry.strict().parse(shown)).toEqual(shown);
  const newer = { ...old, expiresAt, bookingUntil: LATER };
  expect(await entries.presentNow(newer, 'ada')).toMatchObject({ bookingUntil: LATER });
});

test('what one queue has reached changes nothing in another, and a user can wait in both', async () => {
  await entries.present({ ...waiting, id: 99, queueId: 2, number: 3 }, 'ada');
  queues.onAdmission(reached(7));
  expect(queues.countersOf(2)).toEqual(OTHER);
  const inOther = { subject: 'ada', queueId: 2 };
  expect(await entries.entryOf(inOther)).toMatchObject({ queueId: 2, number: 3, position: 3 });
  expect(asked).toEqual([]);
  expect(await entries.entryOf(ada)).toMatchObject({ queueId: 1, state: 'active' });
});

const isActive = (...ids: number[]) =>
  Promise.all(ids.map((id) => entries.isActive({ ...ada, id })));

test.each(['pay-order', 'pay-booking'])(
  'an active entry is cached as active until its own %s is announced',
  async (name) => {
    await isActive(7, 8);
    entries.onAnnouncements([paid(9), { ...paid(7), name, outcome: COMMAND_FAILED }]);
    expect(await isActive(7, 8)).toEqual([true, true]);
    expect(askedActive).toEqual([7, 8]);
    entries.onAnnouncements([{ ...paid(7), name }]);
    await isActive(7, 8);
    expect(askedActive).toEqual([7, 8, 7]);
  },
);

test('an active entry is cached as active until a card payment of its order is announced', async () => {
  await isActive(7, 8);
  const settled = (result: object): Announcement => ({
    ...paid(8),
    name: 'settle-checkout',
    entryId: undefined,
    outcome: { state: 'succeeded', result },
  });
  entries.onAnnouncements([settled({ checkout: null, order: null })]);
  await isActive(7, 8);
  expect(askedActive).toEqual([7, 8]);
  entries.onAnnouncements([settled({ checkout: {}, order: {}, entryId: 7 })]);
  await isActive(7, 8);
  expect(askedActive).toEqual([7, 8, 7]);
});

test('the user of an entry claims it with a request, also with one that does not check it', async () => {
  await isActive(7);
  entries.noteClaimed(8);
  await presence.flush();
  expect(written.flatMap(({ claimed }) => claimed)).toEqual([7, 8]);
});

test('no entry is cached as active after announcements may have been missed', async () => {
  await isActive(7);
  entries.forgetActive();
  await isActive(7);
  expect(askedActive).toEqual([7, 7]);
});

const paid = (entryId: number): Announcement => ({
  jobId: `user-0.${entryId}`,
  name: 'pay-booking',
  entryId,
  outcome: { state: 'succeeded', result: {} },
  acceptedAt: 1,
  finishedAt: 2,
});
