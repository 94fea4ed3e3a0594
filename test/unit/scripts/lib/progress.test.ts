/** What a script says of its progress where there is no terminal: lines, on standard error alone. */
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { progress } from '../../../../scripts/lib/progress.ts';

let written: MockInstance;
let printed: MockInstance;
let now = 0;

beforeEach(() => {
  vi.stubEnv('CI', 'true');
  written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const lines = () => written.mock.calls.map(([text]) => text).join('');

test('the beginning and the end are a line each', () => {
  progress('Measuring one-seat').done();
  progress('Counting').done('Counted 3.');
  progress('Asking').failed('Nobody answers.');
  expect(lines()).toBe(
    'Measuring one-seat …\nMeasuring one-seat: done.\nCounting …\nCounted 3.\nAsking …\nNobody answers.\n',
  );
  expect(printed).not.toHaveBeenCalled();
});

test('what comes between is a line every ten seconds', () => {
  const task = progress('Measuring one-seat');
  for (let done = 0; done < 30; done += 1) {
    now += 1000;
    task.update(done, 40, 'p50 3 ms');
  }
  task.update(31);
  expect(lines()).toBe(
    `Measuring one-seat …\n${[9, 19, 29].map((done) => `Measuring one-seat: ${done} of 40, p50 3 ms\n`).join('')}`,
  );
});
