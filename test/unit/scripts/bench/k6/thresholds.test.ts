/** Thresholds in k6's language: how they are read and judged. */
import { expect, test } from 'vitest';
import { Counter, Rate, Trend } from '../../../../../scripts/bench/k6/modules/metrics.ts';
import { durationMs, judge, readThresholds } from '../../../../../scripts/bench/k6/thresholds.ts';

const time = new Trend('thresholds_time');
const kept = new Rate('thresholds_kept');
const errors = new Counter('thresholds_errors');
new Rate('thresholds_unused');

const verdictOf = (metric: string, threshold: string) =>
  readThresholds({ [metric]: [threshold] }).map(judge)[0];

test('a threshold passes while the metric keeps it, and is exceeded then', () => {
  for (const ms of [10, 20, 30]) time.add(ms);
  for (const isKept of [true, true, true, false]) kept.add(isKept);
  errors.add(2);
  expect(verdictOf('thresholds_time', 'p(95)<29.1')).toMatchObject({ value: 29, passed: true });
  expect(verdictOf('thresholds_time', 'p(95) < 29')).toMatchObject({ value: 29, passed: false });
  expect(verdictOf('thresholds_time', 'max<=30')?.passed).toBe(true);
  expect(verdictOf('thresholds_kept', 'rate>=0.75')?.passed).toBe(true);
  expect(verdictOf('thresholds_kept', 'rate==1')).toMatchObject({ value: 0.75, passed: false });
  expect(verdictOf('thresholds_errors', 'count==0')).toMatchObject({ value: 2, passed: false });
});

test('a metric without values is not judged', () => {
  expect(verdictOf('thresholds_unused', 'rate==1')).toMatchObject({
    value: undefined,
    passed: true,
  });
});

test('a threshold that cannot be judged is refused', () => {
  expect(() => verdictOf('thresholds_other', 'rate==1')).toThrow('cannot be judged');
  expect(() => verdictOf('thresholds_kept', 'p(95)<1')).toThrow('cannot be judged');
  expect(() => verdictOf('thresholds_time', 'p(95)')).toThrow('cannot be judged');
});

test('a threshold ends the run after its delay if the script says so', () => {
  const abort = { threshold: 'avg<1', abortOnFail: true };
  const delays = readThresholds({
    thresholds_time: ['avg<1', abort, { ...abort, delayAbortEval: '10s' }],
  }).map(({ abortsAfterMs }) => abortsAfterMs);
  expect(delays).toEqual([undefined, 0, 10_000]);
});

test('durations have one unit', () => {
  expect(['250ms', '10s', '1.5m', '2h'].map(durationMs)).toEqual([250, 10_000, 90_000, 7_200_000]);
  expect(() => durationMs('10')).toThrow('not a duration');
});
