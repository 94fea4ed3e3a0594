/** Runs a script of k6: setup, iterations as its scenario says, teardown; and judges its thresholds. */
import { setTimeout } from 'node:timers/promises';
import { arrivalsOf, type Scenario } from './arrivals.ts';
import { inIteration } from './modules/execution.ts';
import { Counter, pauseMetrics, Trend } from './modules/metrics.ts';
import {
  durationMs,
  judge,
  readThresholds,
  type Threshold,
  type Verdict,
  type WrittenThreshold,
} from './thresholds.ts';

export interface Script {
  options: {
    scenarios: Record<string, Scenario>;
    thresholds: Record<string, WrittenThreshold[]>;
  };
  setup(): Promise<unknown>;
  default(data: unknown): Promise<void>;
  teardown(data: unknown): Promise<void>;
}

export interface ScriptResult {
  verdicts: Verdict[];
  /** If a threshold ended the run: after how many s, and how many iterations started per second then. */
  aborted: { seconds: number; perSecond: number } | undefined;
  /** Iterations that had not ended when the graceful stop was over. */
  interrupted: number;
}

/** The process's clock, which tests replace. */
interface Clock {
  /** In ms since any moment. */
  now(): number;
  /** @param signal ends the wait early */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const processClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
};

/** k6 also looks at thresholds every two seconds. */
const JUDGE_EVERY_MS = 2000;

/**
 * @param onStart called when setup is done, and iterations begin
 * @throws Error if setup or teardown fails
 */
export async function runScript(
  script: Script,
  onStart: () => void,
  clock = processClock,
): Promise<ScriptResult> {
  const thresholds = readThresholds(script.options.thresholds);
  const [scenario, ...others] = Object.values(script.options.scenarios);
  if (!scenario || others.length > 0) throw new Error('A script must have one scenario.');
  // k6 passes what setup returns as JSON.
  const data = JSON.parse(JSON.stringify(await script.setup()));
  onStart();
  const act = () => script.default(data);
  const { aborted, interrupted } = await iterate({ scenario, thresholds, act, clock });
  await script.teardown(data);
  return { verdicts: thresholds.map(judge), aborted, interrupted };
}

const iterations = new Counter('iterations');
const dropped = new Counter('dropped_iterations');
const iterationMs = new Trend('iteration_duration', true);

interface Run {
  scenario: Scenario;
  thresholds: readonly Threshold[];
  act(): Promise<void>;
  clock: Clock;
}

async function iterate(run: Run): Promise<Omit<ScriptResult, 'verdicts'>> {
  const { scenario, act, clock } = run;
  const open = new Set<Promise<void>>();
  dropped.add(0);
  let begun = 0;
  const begin = () => {
    if (open.size >= scenario.maxVUs) return dropped.add(1);
    const since = clock.now();
    const iteration = inIteration(begun++, act)
      .catch((error) => console.error(error))
      .then(() => {
        iterations.add(1);
        iterationMs.add(clock.now() - since);
        open.delete(iteration);
      });
    open.add(iteration);
  };
  const aborted = await startAll(run, begin);
  pauseMetrics(aborted !== undefined);
  const graceMs = durationMs(scenario.gracefulStop);
  const isOver = new AbortController();
  const waited = clock.sleep(graceMs, isOver.signal).catch(() => undefined);
  await Promise.race([Promise.all(open), waited]);
  isOver.abort();
  pauseMetrics(false);
  return { aborted, interrupted: aborted ? 0 : open.size };
}

/** Starts iterations when they are due. @returns when a threshold ended that early */
async function startAll(
  { scenario, thresholds, clock }: Run,
  begin: () => void,
): Promise<ScriptResult['aborted']> {
  const { totalMs, dueAt, perSecondAt } = arrivalsOf(scenario);
  const started = clock.now();
  let count = 0;
  let judgedMs = 0;
  for (;;) {
    const ms = clock.now() - started;
    const due = dueAt(Math.min(ms, totalMs));
    for (; count < due; count += 1) begin();
    if (ms >= totalMs) return undefined;
    if (ms - judgedMs >= JUDGE_EVERY_MS) {
      judgedMs = ms;
      const aborting = thresholds.filter(({ abortsAfterMs = Infinity }) => abortsAfterMs <= ms);
      if (aborting.some((threshold) => !judge(threshold).passed)) {
        return { seconds: ms / 1000, perSecond: perSecondAt(ms) };
      }
    }
    await clock.sleep(1);
  }
}
