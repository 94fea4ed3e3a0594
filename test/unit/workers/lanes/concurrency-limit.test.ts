/** The limit on concurrent batches, and the order in which those above it start. */
import { expect, test } from 'vitest';
import { ConcurrencyLimit } from '../../../../workers/lanes/concurrency-limit.ts';

/** A task that runs until it is ended. */
function openEnded() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { ended, end: () => end() };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('tasks beyond the limit start in the order of their calls', async () => {
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

test('a failing task frees its slot, and its caller gets the error', async () => {
  const limit = new ConcurrencyLimit(1);
  const failing = limit.run(() => Promise.reject(new Error('broken')));
  const next = limit.run(async () => 'done');
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('done');
  expect(await limit.run(async () => 'again')).toBe('again');
});

test('a later caller cannot overtake waiting ones', async () => {
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
