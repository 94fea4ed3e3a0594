/** What the metrics of commands count. */
import { Registry } from 'prom-client';
import { beforeEach, expect, test } from 'vitest';
import { commands } from '../../../../src/commands/index.ts';
import { CommandMetrics } from '../../../../src/http/ops/command-metrics.ts';
import type { Announcement } from '../../../../src/lanes/announcements.ts';
import { sampleOf, samplesOf } from '../../../support/deploy/metric-samples.ts';

const NOW = 1_000_250;
const problem = { code: 'SEAT_ALREADY_HELD', detail: 'Held.' };

let registry: Registry;
let metrics: CommandMetrics;
beforeEach(() => {
  registry = new Registry();
  metrics = new CommandMetrics(registry, () => NOW);
});

const read = async (name: string, labels: Record<string, string>) =>
  sampleOf(samplesOf(await registry.metrics()), `seatlane_${name}`, labels);

const announced = (outcome: Announcement['outcome'], name = 'book-seat'): Announcement => ({
  jobId: 'seat-1_1',
  name,
  outcome,
  acceptedAt: 1_000_000,
  finishedAt: 1_000_010,
});

test('the latency ends when the outcome arrives, not when its transaction began', async () => {
  metrics.onAnnouncements([announced({ state: 'succeeded', result: {} })]);
  expect(await read('command_seconds_sum', { command: 'book-seat' })).toBe(0.25);
});

test('the targets of bookings and payments are bounds of the latency', async () => {
  metrics.onAnnouncements([announced({ state: 'succeeded', result: {} })]);
  const within = (le: string) => read('command_seconds_bucket', { command: 'book-seat', le });
  expect([await within('0.2'), await within('0.3')]).toEqual([0, 1]);
});

test('a refusal is counted with its reason, a failure without', async () => {
  metrics.onAnnouncements([
    announced({ state: 'rejected', problem }),
    announced({ state: 'failed', problem: { code: 'COMMAND_FAILED', detail: 'Failed.' } }),
  ]);
  expect(await read('commands_total', { state: 'rejected', command: 'book-seat' })).toBe(1);
  expect(await read('commands_total', { state: 'failed', command: 'book-seat' })).toBe(1);
  const { code: reason } = problem;
  expect(await read('commands_rejected_total', { command: 'book-seat', reason })).toBe(1);
  expect(await registry.metrics()).not.toContain('reason="COMMAND_FAILED"');
});

test('each command has each state from the start, so that its first failure is seen', async () => {
  for (const command of Object.keys(commands)) {
    for (const state of ['succeeded', 'rejected', 'failed']) {
      expect(await read('commands_total', { command, state }), command).toBe(0);
    }
  }
});

test('only faults of the service count as not accepted', async () => {
  metrics.serves('bookSeat');
  const operation = 'bookSeat';
  expect(await read('commands_not_accepted_total', { operation })).toBe(0);
  for (const code of [
    'LANE_FULL',
    'SERVICE_UNAVAILABLE',
    'ACCEPTANCE_UNKNOWN',
    'INTERNAL_ERROR',
  ] as const) {
    metrics.notAccepted(operation, code);
  }
  for (const code of [
    'VALIDATION_FAILED',
    'RATE_LIMITED',
    'INVALID_TOKEN',
    'IDEMPOTENCY_KEY_REUSED',
  ] as const) {
    metrics.notAccepted(operation, code);
  }
  expect(await read('commands_not_accepted_total', { operation })).toBe(4);
});
