/** The limit on concurrent batches, and the order in which those above it start. */
import { expect, test } from 'vitest';
import { ConcurrencyLimit } from '../../../../workers/lanes/concurrency-limit.ts';

/** Something that goes on until it is told to end. */
function openEnded() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { ended, end: () => end() };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('so many run at a time, and the others in the order in which they asked', async () => {
  const limit = new ConcurrencyLimit(2);
  const acts = Array.from({ length: 5 }, openEnded);
  const begun: number[] = [];
  const all = acts.map((act, index) =>
    limit.run(async () => {
      begun.push(index);
      await act.ended;
    }),
  );
  await settle();
  expect(begun).toEqual([0, 1]);
  acts[1]?.end();
  await settle();
  expect(begun).toEqual([0, 1, 2]);
  for (const act of acts) act.end();
  await Promise.all(all);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});

test('who fails makes room all the same, and hears of it', async () => {
  const limit = new ConcurrencyLimit(1);
  const failing = limit.run(() => Promise.reject(new Error('broken')));
  const next = limit.run(async () => 'done');
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('done');
  expect(await limit.run(async () => 'again')).toBe('again');
});

test('nobody who asks later gets in before those who wait', async () => {
  const limit = new ConcurrencyLimit(1);
  const first = openEnded();
  const order: string[] = [];
  const running = limit.run(() => first.ended);
  const waiting = limit.run(async () => order.push('waiting'));
  first.end();
  await running;
  const late = limit.run(async () => order.push('late'));
  await Promise.all([waiting, late]);
  expect(order).toEqual(['waiting', 'late']);
});
