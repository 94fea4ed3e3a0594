/** The progress of a script without a terminal: lines on standard error only. */
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

test('a task is one line at its start and one at its end', () => {
  progress('Measuring one-seat').done();
  progress('Counting').done('Counted 3.');
  progress('Connecting').failed('No response.');
  expect(lines()).toBe(
    'Measuring one-seat …\nMeasuring one-seat: done.\nCounting …\nCounted 3.\nConnecting …\nNo response.\n',
  );
  expect(printed).not.toHaveBeenCalled();
});

test('progress in between is one line every ten seconds', () => {
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
