/** How long lists of the catalogue are kept, and what drops them. */
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { EpochMs } from '../../../../src/commands/epoch-ms.ts';
import { commands } from '../../../../src/commands/index.ts';
import { CatalogueCache } from '../../../../src/http/reads/catalogue-cache.ts';
import type { Announcement } from '../../../../src/lanes/announcements.ts';

const START = Date.parse('2026-12-24T19:00:00Z');

let cache: CatalogueCache;
let reads: number;
/** Ends the reads in flight. */
let answer: () => void;

const announced = (name: string): Announcement => ({
  jobId: 'user-0_1',
  name,
  acceptedAt: 1,
  finishedAt: 2,
  outcome: { state: 'succeeded', result: {} },
});

beforeEach(() => {
  reads = 0;
  answer = () => undefined;
  vi.useFakeTimers({ toFake: ['performance', 'Date'], now: START - 1 });
  // The cache takes 0 for no time.
  vi.advanceTimersByTime(1);
  onTestFinished(() => void vi.useRealTimers());
  cache = new CatalogueCache(() => Date.now() as EpochMs);
});

const rows = (key = 'all', changesAt: string[] = []) =>
  cache.rows(key, {
    async read() {
      reads += 1;
      return [{ number: reads }];
    },
    changesAt: () => changesAt,
  });

const slowRows = () =>
  cache.rows('slow', {
    async read() {
      reads += 1;
      const number = reads;
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return [{ number }];
    },
  });

const at = (ms: number) => new Date(START + ms).toISOString();

test('a hundred requests at once are one read', async () => {
  const all = await Promise.all(Array.from({ length: 100 }, () => rows()));
  expect(reads).toBe(1);
  expect(all).toEqual(Array(100).fill([{ number: 1 }]));
});

test('rows are kept for a second', async () => {
  await rows();
  vi.advanceTimersByTime(999);
  expect(await rows()).toEqual([{ number: 1 }]);
  vi.advanceTimersByTime(2);
  expect(await rows()).toEqual([{ number: 2 }]);
});

test('rows are kept only until they look different by themselves', async () => {
  const times = [at(-5000), at(300), at(60_000)];
  await rows('sales', times);
  vi.advanceTimersByTime(299);
  expect(await rows('sales', times)).toEqual([{ number: 1 }]);
  vi.advanceTimersByTime(2);
  expect(await rows('sales', times)).toEqual([{ number: 2 }]);
});

test('a request after an announced change does not get a read that began before it', async () => {
  const early = slowRows();
  const answerEarly = answer;
  cache.onAnnouncements([announced('edit-concert')]);
  const late = slowRows();
  answer();
  answerEarly();
  expect([await early, await late]).toEqual([[{ number: 1 }], [{ number: 2 }]]);
  expect(await slowRows()).toEqual([{ number: 2 }]);
});

test('a failed read is not kept', async () => {
  const failing = cache.rows('all', { read: () => Promise.reject(new Error('no database')) });
  await expect(failing).rejects.toThrow('no database');
  expect(await rows()).toEqual([{ number: 1 }]);
});

test.each(Object.keys(commands).filter((name) => /concert|schedule|draw|create-queue/.test(name)))(
  '%s drops what is kept, whatever it changes',
  async (name) => {
    await rows();
    cache.onAnnouncements([announced(name)]);
    expect(await rows()).toEqual([{ number: 2 }]);
  },
);

test('an order drops nothing', async () => {
  await rows();
  cache.onAnnouncements([announced('place-order')]);
  expect(await rows()).toEqual([{ number: 1 }]);
});
