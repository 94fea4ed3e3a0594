/** When a queue entry is returned from memory, and when its row is read. */
import { beforeEach, expect, test } from 'vitest';
import { COMMAND_FAILED } from '../../../../src/commands/command.ts';
import { QueueTokens } from '../../../../src/http/auth/queue-tokens.ts';
import { Presence } from '../../../../src/http/queue/presence.ts';
import { QueueView } from '../../../../src/http/queue/view.ts';
import type { Announcement } from '../../../../src/lanes/announcements.ts';

const COUNTERS = {
  waiting: 10,
  active: 0,
  lastAdmitted: 4,
  passedOver: 0,
  firstWaiting: 5,
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
let counters: typeof COUNTERS;
let claimed: number[];
let presence: Presence;
let view: QueueView;
/** A test can delay this read to change something meanwhile. */
let reads: () => Promise<void>;

beforeEach(async () => {
  asked = [];
  askedActive = [];
  counters = COUNTERS;
  reads = async () => undefined;
  claimed = [];
  presence = new Presence(async (notes) => {
    claimed.push(...notes.claimed);
    return notes;
  });
  view = new QueueView({
    readCounters: async () => {
      await reads();
      return counters;
    },
    entries: {
      async ofSubject(subject) {
        asked.push(subject);
        return { number: 7, subject, state: 'active', expiresAt: EXPIRES_AT, ticket: null };
      },
      async activeUntil(number) {
        askedActive.push(number);
        return EXPIRES_AT;
      },
    },
    tokens: new QueueTokens('a secret for tests, 32 bytes long'),
    presence,
    rate: { admitLimit: 250, admitWindowMs: 10_000, maxActive: 1000, queueTokenMs: 300_000 },
    now: () => EXPIRES_AT - 1,
  });
  await view.refresh();
  await view.present({ number: 7, state: 'waiting', expiresAt: null }, 'ada');
});

test('an entry whose number was not reached is served from memory', async () => {
  expect(await view.entryOf('ada')).toMatchObject({ state: 'waiting', position: 3 });
  expect(asked).toEqual([]);
});

test('an entry is read from its row as soon as its admission is announced', async () => {
  view.onAdmission(7);
  expect(await view.entryOf('ada')).toMatchObject({ state: 'active', position: 0 });
  expect(asked).toEqual(['ada']);
});

test('counters read before an announced admission do not revert it', async () => {
  view.onAdmission(7);
  await view.refresh();
  expect(view.counters.lastAdmitted).toBe(7);
  counters = { ...COUNTERS, lastAdmitted: 9 };
  await view.refresh();
  expect(view.counters.lastAdmitted).toBe(9);
});

test('after a failover the last known counters are served until they are reread', async () => {
  view.onAdmission(7);
  const reading = Promise.withResolvers<void>();
  let isRead = false;
  reads = () => {
    isRead = true;
    return reading.promise;
  };
  // The transactions that admitted 3 to 7 are lost.
  counters = { ...COUNTERS, waiting: 12, lastAdmitted: 2, firstWaiting: 3 };
  view.forgetAll();
  expect(isRead).toBe(true);
  expect(view.counters).toEqual({ ...COUNTERS, lastAdmitted: 7 });
  reading.resolve();
  await view.refresh();
  expect(view.counters).toEqual(counters);
});

test('a late announcement changes nothing', () => {
  view.onAdmission(2);
  expect(view.counters.lastAdmitted).toBe(4);
});

test('a change of the admission is visible at once and not reverted by older counters', async () => {
  const reading = Promise.withResolvers<void>();
  reads = () => reading.promise;
  const refreshed = view.refresh();
  const result = { isPaused: true, admitLimit: 7, admitWindowSeconds: 2, maxActive: null };
  view.onAnnouncements([
    { ...paid(7), name: 'set-admission', outcome: { state: 'succeeded', result } },
  ]);
  expect(view.counters.isPaused).toBe(true);
  reading.resolve();
  await refreshed;
  expect(view.counters.isPaused).toBe(true);
  expect(view.rate).toMatchObject({ admitLimit: 7, admitWindowMs: 2000, maxActive: 1000 });
  await view.refresh();
  expect(view.counters.isPaused).toBe(false);
});

const isActive = (...numbers: number[]) =>
  Promise.all(numbers.map((number) => view.isActive({ number, subject: 'ada' })));

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
  expect(claimed).toEqual([7, 8]);
});

test('no entry is cached as active after announcements may have been missed', async () => {
  await isActive(7);
  view.forgetActive();
  await isActive(7);
  expect(askedActive).toEqual([7, 7]);
});

const paid = (queueNumber: number): Announcement => ({
  jobId: `user-0.${queueNumber}`,
  name: 'pay-booking',
  queueNumber,
  outcome: { state: 'succeeded', result: {} },
  acceptedAt: 1,
  finishedAt: 2,
});
