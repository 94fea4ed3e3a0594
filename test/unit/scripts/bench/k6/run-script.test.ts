/** How a script of k6 is run, by a clock that jumps. */
import { expect, test } from 'vitest';
import type { Scenario } from '../../../../../scripts/bench/k6/arrivals.ts';
import execution from '../../../../../scripts/bench/k6/modules/execution.ts';
import { metricOf, Trend } from '../../../../../scripts/bench/k6/modules/metrics.ts';
import { runScript, type Script } from '../../../../../scripts/bench/k6/run-script.ts';

const time = new Trend('run_time');
const dropped = () => metricOf('dropped_iterations')?.valueOf('count') ?? 0;

function jumpingClock() {
  let ms = 0;
  return {
    now: () => ms,
    async sleep(given: number) {
      ms += given;
    },
  };
}

const tenASecond: Scenario = {
  executor: 'constant-arrival-rate',
  rate: 10,
  timeUnit: '1s',
  duration: '10s',
  maxVUs: 5,
  gracefulStop: '30s',
};

function scriptOf(act: Script['default'], thresholds = {}): Script & { ended: unknown[] } {
  const ended: unknown[] = [];
  return {
    ended,
    options: { scenarios: { only: tenASecond }, thresholds },
    setup: async () => ({ from: 'setup', at: new Date(0) }),
    default: act,
    teardown: async (data) => {
      ended.push(data);
    },
  };
}

test('iterations get the data of setup as JSON, and each its own number', async () => {
  const seen: unknown[] = [];
  const script = scriptOf(async (data) => {
    seen.push([data, execution.scenario.iterationInTest]);
  });
  const result = await runScript(script, () => undefined, jumpingClock());
  const data = { from: 'setup', at: '1970-01-01T00:00:00.000Z' };
  expect(seen).toEqual(Array.from({ length: 100 }, (_, iteration) => [data, iteration]));
  expect(script.ended).toEqual([data]);
  expect(result).toMatchObject({ aborted: undefined, interrupted: 0 });
});

test('no more iterations are open at a time than the script allows', async () => {
  const before = dropped();
  const script = scriptOf(() => new Promise(() => undefined));
  const { interrupted } = await runScript(script, () => undefined, jumpingClock());
  expect(interrupted).toBe(5);
  expect(dropped() - before).toBe(95);
});

test('a threshold ends the run, once its delay is over', async () => {
  const script = scriptOf(async () => time.add(1000), {
    run_time: [{ threshold: 'p(95)<100', abortOnFail: true, delayAbortEval: '5s' }],
  });
  const { aborted, verdicts } = await runScript(script, () => undefined, jumpingClock());
  expect(aborted).toEqual({ seconds: 6, perSecond: expect.closeTo(10) });
  expect(verdicts).toEqual([
    { metric: 'run_time', threshold: 'p(95)<100', value: 1000, passed: false },
  ]);
});
