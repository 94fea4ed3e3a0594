/** So many batches at a time, in the order in which they asked. */
import { expect, test } from 'vitest';
import { Gate } from '../../../workers/gate.ts';

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
  const gate = new Gate(2);
  const acts = Array.from({ length: 5 }, openEnded);
  const begun: number[] = [];
  const all = acts.map((act, index) =>
    gate.pass(async () => {
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
  const gate = new Gate(1);
  const failing = gate.pass(() => Promise.reject(new Error('broken')));
  const next = gate.pass(async () => 'done');
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('done');
  expect(await gate.pass(async () => 'again')).toBe('again');
});

test('nobody who asks later gets in before those who wait', async () => {
  const gate = new Gate(1);
  const first = openEnded();
  const order: string[] = [];
  const running = gate.pass(() => first.ended);
  const waiting = gate.pass(async () => order.push('waiting'));
  first.end();
  await running;
  const late = gate.pass(async () => order.push('late'));
  await Promise.all([waiting, late]);
  expect(order).toEqual(['waiting', 'late']);
});
