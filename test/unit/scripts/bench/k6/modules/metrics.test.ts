/** The values of k6's metrics. */
import { expect, test } from 'vitest';
import {
  Counter,
  metricOf,
  pauseMetrics,
  Rate,
  Trend,
} from '../../../../../../scripts/bench/k6/modules/metrics.ts';

test('a trend interpolates percentiles between the two nearest values', () => {
  const trend = new Trend('metrics_trend');
  for (const value of [40, 10, 30, 20]) trend.add(value);
  const values = ['count', 'min', 'med', 'avg', 'p(90)', 'max'].map((each) => trend.valueOf(each));
  expect(values).toEqual([4, 10, 25, 25, 37, 40]);
  trend.add(5);
  expect(trend.valueOf('min')).toBe(5);
  expect(trend.valueOf('rate')).toBeUndefined();
});

test('a rate is the share of values that are not 0, and a counter is a sum', () => {
  const rate = new Rate('metrics_rate');
  for (const value of [true, false, 1, 0, 3]) rate.add(value);
  expect(rate.valueOf('rate')).toBe(0.6);
  const counter = new Counter('metrics_counter');
  expect(counter.isEmpty).toBe(true);
  for (const value of [2, 0, 3]) counter.add(value);
  expect([counter.valueOf('count'), counter.isEmpty]).toEqual([5, false]);
});

test('nothing is added while metrics are paused', () => {
  const counter = new Counter('metrics_paused');
  pauseMetrics(true);
  counter.add(1);
  pauseMetrics(false);
  expect(counter.isEmpty).toBe(true);
});

test('a name belongs to one metric', () => {
  const counter = new Counter('metrics_once');
  expect(metricOf('metrics_once')).toBe(counter);
  expect(() => new Counter('metrics_once')).toThrow('two metrics');
});
