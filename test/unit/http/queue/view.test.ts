/** When a queue entry is returned from memory, and when its row is read. */
import { decodeJwt, jwtVerify } from 'jose';
import { beforeEach, expect, test, vi } from 'vitest';
import { COMMAND_FAILED } from '../../../../src/commands/command.ts';
import { queueEntry } from '../../../../src/commands/schemas/resources.ts';
import type { QueueCounters } from '../../../../src/db/reads/queue/counters.ts';
import type { OpenEntry } from '../../../../src/db/reads/queue/entries.ts';
import type { KnownLine, LineBlock } from '../../../../src/db/reads/queue/line.ts';
import { QueueTokens } from '../../../../src/http/auth/queue-tokens.ts';
import { SigningKey } from '../../../../src/http/auth/signing-key.ts';
import { WaitingTickets } from '../../../../src/http/auth/waiting-tickets.ts';
import { Presence, type PresenceNotes } from '../../../../src/http/queue/presence.ts';
import { QueueView } from '../../../../src/http/queue/view.ts';
import { WaitEstimates } from '../../../../src/http/queue/wait-estimates.ts';
import type { Announcement } from '../../../../src/lanes/announcements.ts';

const COUNTERS: QueueCounters = {
  id: 1,
  name: 'The house queue',
  createdAt: new Date(0),
  isGathering: false,
  opensAt: null,
  drawOverdueSeconds: 0,
  waiting: 10,
  active: 0,
  lastAdmitted: 4,
  lastNumber: 14,
  admittedLastMinute: 0,
  isPaused: false,
  isSoldOut: false,
  admitLimit: null,
  admitWindowMs: null,
  maxActive: null,
};

const EXPIRES_AT = 1_900_000_000_000;

let asked: string[];
let askedActive: number[];
let lookedUp: number[];
let counters: QueueCounters;
/** Of a second queue, which nobody has reached. */
const OTHER: QueueCounters = { ...COUNTERS, id: 2, lastAdmitted: 0 };
let written: PresenceNotes[];
/** What the database says of the lines, and which of it was asked for. */
let blocks: LineBlock[];
let known: KnownLine[];
/** What a read of an entry's row returns of it. */
let row: Pick<OpenEntry, 'state' | 'expiresAt' | 'ticket'>;
/** Whether the entry that is read was skipped. */
let isSkipped: boolean;
let presence: Presence;
let view: QueueView;
/** A test can delay this read to change something meanwhile. */
let reads: () => Promise<void>;

const ENTERED_AT = '2026-11-20T08:59:58.317Z';
const LATER = '2026-11-20T09:00:00.000Z';
const key = new SigningKey('a secret for tests, 32 bytes long');

const waiting = { state: 'waiting', expiresAt: null, enteredAt: ENTERED_AT } as const;
const ada = { subject: 'ada', queueId: 1 };
/** An announcement that the admission of the house queue has come this far. */
const reached = (lastNumber: number) => [{ queueId: 1, lastNumber }];

beforeEach(async () => {
  asked = [];
  askedActive = [];
  lookedUp = [];
  counters = COUNTERS;
  reads = async () => undefined;
  written = [];
  blocks = [goneUpTo(4)];
  row = { state: 'active', expiresAt: EXPIRES_AT, ticket: null };
  isSkipped = false;
  presence = new Presence({
    async write(notes) {
      written.push(notes);
      return notes;
    },
    noteWatch: async () => undefined,
    now: () => EXPIRES_AT - 1,
  });
  view = new QueueView({
    readCounters: async () => {
      await reads();
      return [counters, OTHER];
    },
    async readLines(asked) {
      known = [...asked];
      return blocks;
    },
    async hasQueue(queueId) {
      lookedUp.push(queueId);
      return queueId === counters.id;
    },
    entries: {
      async ofUser({ subject, queueId }) {
        asked.push(subject);
        const entry = { id: 7, queueId, number: 7, subject, seenAt: EXPIRES_AT - 1 };
        const read = { ...entry, enteredAt: Date.parse(ENTERED_AT), ...row, isSkipped };
        return isSkipped ? { ...read, state: 'waiting', expiresAt: null } : read;
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
    rate: { admitLimit: 250, admitWindowMs: 10_000, maxActive: 1000, queueTokenMs: 300_000 },
    now: () => EXPIRES_AT - 1,
  });
  await view.refresh();
  await view.present({ ...waiting, id: 7, queueId: 1, number: 7 }, 'ada');
});

/** The numbers of the house queue up to this one are out of the line. */
function goneUpTo(last: number, version = 1): LineBlock {
  const gone = '1'.repeat(last).padEnd(1024, '0');
  return { queueId: 1, source: 'system', block: 0, gone, version };
}

test('an entry whose number was not reached is served from memory', async () => {
  expect(await view.entryOf(ada)).toMatchObject({ state: 'waiting', position: 3 });
  expect(asked).toEqual([]);
});

test('an entry is read from its row as soon as its number is out of the line', async () => {
  blocks = [goneUpTo(7, 2)];
  await view.refresh();
  expect(known).toContainEqual({ queueId: 1, users: -1, system: 1 });
  expect(await view.entryOf(ada)).toMatchObject({ state: 'active', position: 0 });
  expect(asked).toEqual(['ada']);
});

test('a poll of a skipped user notes the return, and shows the place that the user has again', async () => {
  isSkipped = true;
  blocks = [goneUpTo(7, 2)];
  await view.refresh();
  expect(await view.entryOf(ada)).toMatchObject({ state: 'waiting', position: 1 });
  await presence.flush();
  expect(written.flatMap(({ returned }) => returned)).toMatchObject([{ id: 7, queueId: 1 }]);
});

test('a line that was read before a failover is dropped, as is one that is being read meanwhile', async () => {
  const reading = Promise.withResolvers<void>();
  reads = () => reading.promise;
  const before = view.refresh();
  view.forgetAll();
  blocks = [goneUpTo(5, 9)];
  reading.resolve();
  await before;
  blocks = [goneUpTo(2)];
  await view.refresh();
  await view.refresh();
  expect(known).toContainEqual({ queueId: 1, users: -1, system: 1 });
  expect(view.lineOf(1).inLineBefore(6)).toBe(3);
});

test('a user who waits has a ticket from memory, and an admitted one a token instead', async () => {
  const entry = await view.entryOf(ada);
  expect(entry).toMatchObject({ enteredAt: ENTERED_AT, queueToken: null });
  const seconds = Math.floor(Date.parse(ENTERED_AT) / 1000);
  const claims = { sub: 'ada', queue: 1, number: 7, entered_at: seconds };
  expect(decodeJwt(entry?.waitingTicket ?? '')).toMatchObject(claims);
  const again = await view.entryOf(ada);
  expect(queueEntry.strict().parse(again)).toEqual(entry);
  expect(asked).toEqual([]);
  view.onAdmission(reached(7));
  const admitted = { waitingTicket: null, queueToken: expect.any(String), isWaitKnown: true };
  expect(await view.entryOf(ada)).toMatchObject({ enteredAt: ENTERED_AT, ...admitted });
});

test('what is kept of an entry is dropped when it no longer waits, and its token when it has paid', async () => {
  const signing = vi.spyOn(key, 'sign');
  const signedBy = async (act: () => Promise<unknown>) => {
    const before = signing.mock.calls.length;
    await act();
    return signing.mock.calls.length - before;
  };
  const show = () => view.present({ ...waiting, id: 7, queueId: 1, number: 7 }, 'ada');
  const poll = () => view.entryOf(ada);
  expect(await signedBy(show)).toBe(0);
  view.onAdmission(reached(7));
  expect(await signedBy(poll)).toBe(1);
  expect(await signedBy(poll)).toBe(0);
  expect(await signedBy(show)).toBe(1);
  view.onAnnouncements([paid(7)]);
  expect(await signedBy(poll)).toBe(1);
});

test('a ticket is signed anew after a draw, and after a failover that lost the entry', async () => {
  const ticketOf = async (subject: string, number: number, enteredAt: string) => {
    const entry = await view.present({ ...waiting, id: 7, queueId: 1, number, enteredAt }, subject);
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
  row = { state: 'waiting', expiresAt: null, ticket: null };
  const shown = await view.presentNow(old, 'bea');
  expect(shown).toMatchObject({ enteredAt: ENTERED_AT, waitingTicket: expect.any(String) });
  expect(asked).toEqual(['bea']);
  const ended = { ...old, state: 'ended' } as const;
  expect(await view.presentNow(ended, 'bea')).toMatchObject({
    enteredAt: null,
    waitingTicket: null,
  });
});

test('an entry is read from its row as soon as its admission is announced', async () => {
  view.onAdmission(reached(7));
  expect(await view.entryOf(ada)).toMatchObject({ state: 'active', position: 0 });
  expect(asked).toEqual(['ada']);
});

test('counters read before an announced admission do not revert it', async () => {
  view.onAdmission(reached(7));
  await view.refresh();
  expect(view.counters(1).lastAdmitted).toBe(7);
  counters = { ...COUNTERS, lastAdmitted: 9 };
  await view.refresh();
  expect(view.counters(1).lastAdmitted).toBe(9);
});

test('after a failover the last known counters are served until they are reread', async () => {
  view.onAdmission(reached(7));
  const reading = Promise.withResolvers<void>();
  let isRead = false;
  reads = () => {
    isRead = true;
    return reading.promise;
  };
  // The transactions that admitted 3 to 7 are lost.
  counters = { ...COUNTERS, waiting: 12, lastAdmitted: 2 };
  view.forgetAll();
  expect(isRead).toBe(true);
  expect(view.counters(1)).toEqual({ ...COUNTERS, lastAdmitted: 7 });
  reading.resolve();
  await view.refresh();
  expect(view.counters(1)).toEqual(counters);
});

test('a late announcement changes nothing', () => {
  view.onAdmission(reached(2));
  expect(view.counters(1).lastAdmitted).toBe(4);
});

test('a change of the admission is visible at once and not reverted by older counters', async () => {
  const reading = Promise.withResolvers<void>();
  reads = () => reading.promise;
  const refreshed = view.refresh();
  const result = {
    queueId: 1,
    isPaused: true,
    admitLimit: 7,
    admitWindowSeconds: 2,
    maxActive: null,
  };
  view.onAnnouncements([
    { ...paid(7), name: 'set-admission', outcome: { state: 'succeeded', result } },
  ]);
  expect(view.counters(1).isPaused).toBe(true);
  reading.resolve();
  await refreshed;
  expect(view.counters(1).isPaused).toBe(true);
  expect(view.rate(1)).toMatchObject({ admitLimit: 7, admitWindowMs: 2000, maxActive: 1000 });
  await view.refresh();
  expect(view.counters(1).isPaused).toBe(false);
});

test('what one queue has reached changes nothing in another, and a user can wait in both', async () => {
  await view.present({ ...waiting, id: 99, queueId: 2, number: 3 }, 'ada');
  view.onAdmission(reached(7));
  expect(view.counters(2)).toEqual(OTHER);
  const inOther = { subject: 'ada', queueId: 2 };
  expect(await view.entryOf(inOther)).toMatchObject({ queueId: 2, number: 3, position: 3 });
  expect(asked).toEqual([]);
  expect(await view.entryOf(ada)).toMatchObject({ queueId: 1, state: 'active' });
});

test('a queue that this process does not know is looked for before it is said not to exist', async () => {
  expect(await view.exists(3)).toBe(false);
  counters = { ...COUNTERS, id: 3 };
  expect(await view.exists(3)).toBe(true);
});

test('ids that do not exist cost no read of the counters, and those that cannot exist none at all', async () => {
  reads = () => Promise.reject(new Error('The counters were read.'));
  expect(await view.exists(9)).toBe(false);
  expect(await view.exists(32_768)).toBe(false);
  expect(lookedUp).toEqual([9]);
});

const isActive = (...ids: number[]) => Promise.all(ids.map((id) => view.isActive({ ...ada, id })));

test.each(['pay-order', 'pay-booking'])(
  'an active entry is cached as active until its own %s is announced',
  async (name) => {
    await isActive(7, 8);
    view.onAnnouncements([paid(9), { ...paid(7), name, outcome: COMMAND_FAILED }]);
    expect(await isActive(7, 8)).toEqual([true, true]);
    expect(askedActive).toEqual([7, 8]);
    view.onAnnouncements([{ ...paid(7), name }]);
    await isActive(7, 8);
    expect(askedActive).toEqual([7, 8, 7]);
  },
);

test('the user of an entry claims it with a request, also with one that does not check it', async () => {
  await isActive(7);
  view.noteClaimed(8);
  await presence.flush();
  expect(written.flatMap(({ claimed }) => claimed)).toEqual([7, 8]);
});

test('no entry is cached as active after announcements may have been missed', async () => {
  await isActive(7);
  view.forgetActive();
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
