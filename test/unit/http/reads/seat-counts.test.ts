/** How often seats are counted for concurrent requests. */
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { SeatCounts } from '../../../../src/http/reads/seat-counts.ts';
import type { Announcement } from '../../../../src/lanes/announcements.ts';

const SMALL = { id: 1, seatCount: 10 };
const LARGE = { id: 2, seatCount: 50_000 };
const booked: Announcement = {
  jobId: 'seat-0_1',
  name: 'book-seat',
  acceptedAt: 1,
  finishedAt: 2,
  outcome: { state: 'succeeded', result: {} },
};

let asked: (readonly number[])[];
let inFlight: number;
let inFlightMax: number;
let available: number;
let counts: SeatCounts;

beforeEach(() => {
  asked = [];
  inFlight = 0;
  inFlightMax = 0;
  available = 7;
  counts = new SeatCounts(async (ids) => {
    asked.push(ids);
    inFlight += 1;
    inFlightMax = Math.max(inFlightMax, inFlight);
    const counted = available;
    await new Promise((resolve) => setImmediate(resolve));
    inFlight -= 1;
    return new Map(ids.map((id) => [id, counted]));
  });
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
});

const countOf = async (schedule: typeof SMALL) =>
  (await counts.addTo([schedule]))[0]?.availableCount;

test('hundreds of concurrent requests share counts that run one at a time', async () => {
  const all = Array.from({ length: 300 }, (_, index) => ({ id: 1 + (index % 3), seatCount: 9 }));
  const answers = await Promise.all(all.map((schedule) => counts.addTo([schedule])));
  expect(answers[5]).toEqual([{ id: 3, seatCount: 9, availableCount: 7 }]);
  expect(inFlightMax).toBe(1);
  expect(asked.length).toBeLessThanOrEqual(2);
});

test('a count is remembered for a second', async () => {
  for (const schedule of [LARGE, LARGE, SMALL, SMALL]) await countOf(schedule);
  expect(asked).toEqual([[LARGE.id], [SMALL.id]]);
  vi.advanceTimersByTime(1000);
  available = 6;
  expect([await countOf(LARGE), await countOf(SMALL)]).toEqual([6, 6]);
});

test.each([
  ...['book-seat', 'cancel-order-as-operator', 'end-cancelled-order'],
  // The paid hold may have run out.
  ...['pay-order', 'pay-booking', 'settle-checkout'],
])(
  '%s, announced, is counted at once in a small schedule and within a second in a large one',
  async (name) => {
    for (const schedule of [LARGE, SMALL]) await countOf(schedule);
    available = 6;
    vi.advanceTimersByTime(1);
    counts.onAnnouncements([{ ...booked, name }]);
    vi.advanceTimersByTime(1);
    expect([await countOf(LARGE), await countOf(SMALL)]).toEqual([7, 6]);
  },
);

test('a count that began before a change does not hide it', async () => {
  const before = countOf(SMALL);
  available = 6;
  counts.onAnnouncements([booked]);
  await before;
  vi.advanceTimersByTime(1);
  expect(await countOf(SMALL)).toBe(6);
});

test('a request after a failed count succeeds', async () => {
  let isAway = true;
  counts = new SeatCounts(async (ids) => {
    if (isAway) throw new Error('PostgreSQL is away.');
    return new Map(ids.map((id) => [id, 5]));
  });
  await expect(countOf(SMALL)).rejects.toThrow('away');
  isAway = false;
  expect(await countOf(SMALL)).toBe(5);
});
