/** The figures that the board computes from the API's metrics. */
import { Counter, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import {
  commandCounts,
  latencyBuckets,
  parseMetrics,
  quantile,
} from '../../../../../src/web/board/rush/prometheus.ts';

function published() {
  const registers = [new Registry()];
  const commands = new Counter({
    name: 'seatlane_commands_total',
    help: 'Outcomes.',
    labelNames: ['command', 'state'],
    registers,
  });
  const latency = new Histogram({
    name: 'seatlane_command_seconds',
    help: 'Latency.',
    labelNames: ['command'],
    buckets: [0.01, 0.1, 1],
    registers,
  });
  const read = async () => parseMetrics((await registers[0]?.metrics()) ?? '');
  return { commands, latency, read };
}

test('commands are counted by name and outcome', async () => {
  const { commands, read } = published();
  commands.inc({ command: 'book-seat', state: 'succeeded' }, 3);
  commands.inc({ command: 'book-seat', state: 'rejected' });
  commands.inc({ command: 'odd "name" {x}', state: 'failed' }, 2);
  const counts = commandCounts(await read());
  expect(counts.get('book-seat')).toEqual(
    new Map([
      ['succeeded', 3],
      ['rejected', 1],
    ]),
  );
  expect([...counts.values()].at(-1)).toEqual(new Map([['failed', 2]]));
});

test('a latency covers all commands between two readings, and none before', async () => {
  const { latency, read } = published();
  for (let count = 0; count < 50; count += 1) latency.observe({ command: 'book-seat' }, 0.9);
  const before = latencyBuckets(await read());
  for (let count = 0; count < 5; count += 1) {
    latency.observe({ command: 'book-seat' }, 0.005);
    latency.observe({ command: 'pay-booking' }, 0.05);
  }
  const after = latencyBuckets(await read());
  expect(quantile(before, after, 0.5)).toBeCloseTo(0.01);
  expect(quantile(before, after, 1)).toBeCloseTo(0.1);
  expect(quantile(after, after, 0.5)).toBeUndefined();
  latency.observe({ command: 'pay-booking' }, 60);
  expect(quantile(after, latencyBuckets(await read()), 0.95)).toBe(1);
});
