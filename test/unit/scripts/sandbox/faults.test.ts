/** The faults of the sandbox are drawn by seed. */
import { expect, test } from 'vitest';
import {
  ActiveFaults,
  fateOf,
  faultsSchema,
  isRefundRefused,
} from '../../../../scripts/sandbox/faults.ts';

const COUNT = 2000;
const fatesWith = (faults: object) =>
  Array.from({ length: COUNT }, (_, index) => fateOf(index + 1, faultsSchema.parse(faults)));
const shareOf = <Each>(all: readonly Each[], isOne: (each: Each) => boolean) =>
  all.filter(isOne).length / all.length;

test('without faults each event is sent once, at once and in its order', () => {
  for (const fate of fatesWith({})) expect(fate).toEqual({ sendings: [0], isReordered: false });
});

test('events are lost and repeated in about the given shares', () => {
  const fates = fatesWith({ lostShare: 0.1, repeatedShare: 0.3, reordered: true });
  expect(shareOf(fates, ({ sendings }) => sendings.length === 0)).toBeCloseTo(0.1, 1);
  expect(shareOf(fates, ({ sendings }) => sendings.length === 2)).toBeCloseTo(0.3, 1);
  expect(shareOf(fates, ({ isReordered }) => isReordered)).toBeCloseTo(0.9, 1);
});

test('delays are between 0 and the given one', () => {
  const delays = fatesWith({ delayMsMax: 10, repeatedShare: 1 }).flatMap((fate) => fate.sendings);
  expect(new Set(delays)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
});

test('the same seed draws the same fates, another seed draws others', () => {
  const faults = { lostShare: 0.5, delayMsMax: 1000 };
  expect(fatesWith({ ...faults, seed: 5 })).toEqual(fatesWith({ ...faults, seed: 5 }));
  expect(fatesWith({ ...faults, seed: 5 })).not.toEqual(fatesWith({ ...faults, seed: 6 }));
});

test('refunds are refused in about the given share', () => {
  const refused = (refusedRefundShare: number) =>
    Array.from({ length: COUNT }, (_, index) =>
      isRefundRefused(index + 1, faultsSchema.parse({ refusedRefundShare })),
    );
  expect(shareOf(refused(0.2), Boolean)).toBeCloseTo(0.2, 1);
  expect(refused(0)).not.toContain(true);
  expect(refused(1)).not.toContain(false);
});

test('the sandbox is down for the given time from when the faults are set', () => {
  let now = 1000;
  const faults = new ActiveFaults(faultsSchema.parse({ downMs: 50 }), () => now);
  expect(faults.downMs).toBe(50);
  now = 1050;
  expect(faults.downMs).toBe(0);
  faults.replace(faultsSchema.parse({ downMs: 20 }));
  expect(faults.downMs).toBe(20);
  faults.replace(faultsSchema.parse({}));
  expect(faults.downMs).toBe(0);
});
