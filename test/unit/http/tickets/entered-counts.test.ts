/** The counts of a schedule: many gates that show them cause one count, and a schedule that does not exist is not remembered. */
import { afterEach, expect, test, vi } from 'vitest';
import { EnteredCounts } from '../../../../src/http/tickets/entered-counts.ts';
import type { Announcement } from '../../../../src/lanes/announcements.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Counts how often each schedule was counted. */
function counting(existing: ReadonlySet<number>) {
  const reads: number[] = [];
  const counts = new EnteredCounts(async (scheduleId) => {
    reads.push(scheduleId);
    return existing.has(scheduleId) ? { sold: 10, entered: scheduleId } : undefined;
  });
  return { reads, counts };
}

test('requests at the same time and soon afterwards share one count for each schedule', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(1000);
  const { reads, counts } = counting(new Set([1, 2]));
  const atOnce = await Promise.all([counts.of(1), counts.of(1), counts.of(2)]);
  expect(atOnce.map((counted) => counted?.entered)).toEqual([1, 1, 2]);
  expect(await counts.of(1)).toEqual({ sold: 10, entered: 1 });
  expect(reads).toEqual([1, 2]);
  now.mockReturnValue(2001);
  await counts.of(1);
  expect(reads).toEqual([1, 2, 1]);
});

test('a change is counted at once, but not in a large schedule', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(1000);
  const sold = new Map([
    [1, 2000],
    [2, 2001],
  ]);
  const reads: number[] = [];
  const counts = new EnteredCounts(async (scheduleId) => {
    reads.push(scheduleId);
    return { sold: sold.get(scheduleId) ?? 0, entered: 0 };
  });
  const announced = (name: string) => counts.onAnnouncements([{ name } as Announcement]);
  const countBoth = async () => {
    await counts.of(1);
    await counts.of(2);
  };
  await countBoth();
  announced('charge-points');
  await countBoth();
  expect(reads).toEqual([1, 2]);
  announced('check-in');
  now.mockReturnValue(1001);
  await countBoth();
  expect(reads).toEqual([1, 2, 1]);
});

test('a schedule is found as soon as it exists', async () => {
  const existing = new Set<number>();
  const { counts } = counting(existing);
  expect(await counts.of(3)).toBeUndefined();
  existing.add(3);
  expect(await counts.of(3)).toEqual({ sold: 10, entered: 3 });
});

test('a failed count is not kept', async () => {
  let fails = true;
  const counts = new EnteredCounts(async () => {
    if (fails) throw new Error('The connection dropped.');
    return { sold: 1, entered: 0 };
  });
  await expect(counts.of(1)).rejects.toThrow('dropped');
  fails = false;
  expect(await counts.of(1)).toEqual({ sold: 1, entered: 0 });
});
