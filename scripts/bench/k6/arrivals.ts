/** When iterations start: k6's executors `constant-arrival-rate` and `ramping-arrival-rate`. */
import { durationMs } from './thresholds.ts';

interface Common {
  timeUnit: string;
  maxVUs: number;
  gracefulStop: string;
}

export type Scenario = Common &
  (
    | { executor: 'constant-arrival-rate'; rate: number; duration: string }
    | {
        executor: 'ramping-arrival-rate';
        startRate: number;
        stages: { target: number; duration: string }[];
      }
  );

interface Stage {
  /** Iterations per ms at its beginning and its end; the rate changes evenly between them. */
  from: number;
  to: number;
  ms: number;
}

export interface Arrivals {
  /** How long iterations start. */
  totalMs: number;
  /** The number of iterations that have started `ms` after the beginning. */
  dueAt(ms: number): number;
  /** The rate `ms` after the beginning, in iterations a second. */
  perSecondAt(ms: number): number;
}

/** @throws Error if the executor is not implemented here */
export function arrivalsOf(scenario: Scenario): Arrivals {
  const stages = stagesOf(scenario);
  return {
    totalMs: stages.reduce((sum, { ms }) => sum + ms, 0),
    dueAt(ms) {
      let due = 0;
      let left = ms;
      for (const stage of stages) {
        const spent = Math.min(left, stage.ms);
        due += spent * ((stage.from + rateIn(stage, spent)) / 2);
        left -= spent;
      }
      // Sums of fractions such as 2.9999999 are whole numbers.
      return Math.floor(due + 1e-6);
    },
    perSecondAt(ms) {
      let left = ms;
      const stage = stages.find((each) => {
        const isIn = left < each.ms;
        if (!isIn) left -= each.ms;
        return isIn;
      });
      return (stage ? rateIn(stage, left) : (stages.at(-1)?.to ?? 0)) * 1000;
    },
  };
}

function rateIn({ from, to, ms }: Stage, spent: number): number {
  return ms === 0 ? to : from + ((to - from) * spent) / ms;
}

function stagesOf(scenario: Scenario): Stage[] {
  const unitMs = durationMs(scenario.timeUnit);
  switch (scenario.executor) {
    case 'constant-arrival-rate': {
      const rate = scenario.rate / unitMs;
      return [{ from: rate, to: rate, ms: durationMs(scenario.duration) }];
    }
    case 'ramping-arrival-rate': {
      let from = scenario.startRate / unitMs;
      return scenario.stages.map(({ target, duration }) => {
        const stage = { from, to: target / unitMs, ms: durationMs(duration) };
        from = stage.to;
        return stage;
      });
    }
    default:
      throw new Error(`${(scenario as Scenario).executor} is not implemented.`);
  }
}
