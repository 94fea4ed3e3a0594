/** The gauges of lanes and limits, which alerts compare: each has the value of its own counter. */
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { Metrics, type MetricsDeps } from '../../../../src/http/ops/metrics.ts';
import { SlotLimit } from '../../../../src/http/slot-limit.ts';
import { samplesOf } from '../../../support/deploy/metric-samples.ts';

const lanes = new Map([
  ['seat-0', { waiting: 3, oldestMs: 4500, stalledMs: 2500 }],
  ['user-1', { waiting: 7, oldestMs: 500, stalledMs: 0 }],
]);
const owned = [
  { lane: 'seat-0', hasOwner: true },
  { lane: 'user-1', hasOwner: false },
];

/** A limit of which so many slots are taken, and so many more were refused. */
function limitWith(max: number, open: number, refused: number): SlotLimit {
  const limit = new SlotLimit({ max, perUser: open });
  for (let count = 0; count < open + refused; count += 1) limit.tryAcquire('ada');
  return limit;
}

test('each gauge of lanes and limits has the value of its counter', async () => {
  const registry = new Registry();
  new Metrics({
    registry,
    backlog: { limit: 11, entries: () => lanes.entries() },
    outcomes: { waiting: 12 },
    laneOwners: { lanes: owned },
    limits: { streams: limitWith(14, 4, 1), waits: limitWith(15, 5, 6) },
    queuesInMemory: { all: [] },
    maxWaiting: 16,
    now: () => 0,
  } as unknown as MetricsDeps);
  const samples = samplesOf(await registry.metrics()).map(
    ({ name, labels, value }) => [[name, ...Object.values(labels)].join(' '), value] as const,
  );
  expect(Object.fromEntries(samples)).toMatchObject({
    'seatlane_lane_waiting seat-0': 3,
    'seatlane_lane_waiting user-1': 7,
    'seatlane_lane_oldest_seconds seat-0': 4.5,
    'seatlane_lane_oldest_seconds user-1': 0.5,
    'seatlane_lane_stalled_seconds seat-0': 2.5,
    'seatlane_lane_stalled_seconds user-1': 0,
    'seatlane_lane_has_owner seat-0': 1,
    'seatlane_lane_has_owner user-1': 0,
    seatlane_lane_limit: 11,
    seatlane_waiting_requests: 12,
    seatlane_event_streams: 4,
    seatlane_event_streams_max: 14,
    seatlane_waits: 5,
    seatlane_waits_max: 15,
    seatlane_waits_skipped_total: 6,
    seatlane_queue_waiting_max: 16,
    'seatlane_failed_logins_total wrong': 0,
    'seatlane_failed_logins_total throttled': 0,
  });
});
