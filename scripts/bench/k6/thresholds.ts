/** Thresholds in k6's language, such as `p(95)<200` on a metric. */
import { metricOf } from './modules/metrics.ts';

/** As scripts write it; `delayAbortEval` is a duration such as `10s`. */
export type WrittenThreshold =
  | string
  | { threshold: string; abortOnFail?: boolean; delayAbortEval?: string };

export interface Threshold {
  metric: string;
  /** As the script has it. */
  text: string;
  aggregate: string;
  operator: keyof typeof OPERATORS;
  limit: number;
  /** The time after which it ends the run if it is exceeded, in ms; undefined if it does not. */
  abortsAfterMs: number | undefined;
}

export interface Verdict {
  metric: string;
  threshold: string;
  /** Undefined if the metric has no values; k6 does not judge it then. */
  value: number | undefined;
  passed: boolean;
}

const OPERATORS = {
  '<': (value: number, limit: number) => value < limit,
  '<=': (value: number, limit: number) => value <= limit,
  '>': (value: number, limit: number) => value > limit,
  '>=': (value: number, limit: number) => value >= limit,
  '==': (value: number, limit: number) => value === limit,
  '!=': (value: number, limit: number) => value !== limit,
};
const WRITTEN = /^\s*([a-z]+(?:\(\d+(?:\.\d+)?\))?)\s*(<=|>=|==|!=|<|>)\s*(-?\d+(?:\.\d+)?)\s*$/;
const UNITS_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** @throws Error if the text is no duration of one unit, such as `10s` */
export function durationMs(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  if (unitMs === undefined) throw new Error(`${text} is not a duration such as 10s.`);
  return Number(count) * unitMs;
}

/** @param written the thresholds of each metric @throws Error if one cannot be read, or names an unknown metric */
export function readThresholds(written: Record<string, readonly WrittenThreshold[]>): Threshold[] {
  return Object.entries(written).flatMap(([metric, thresholds]) =>
    thresholds.map((each) => readThreshold(metric, each)),
  );
}

function readThreshold(metric: string, written: WrittenThreshold): Threshold {
  const { threshold: text, ...abort } =
    typeof written === 'string' ? { threshold: written } : written;
  const [, aggregate, operator, limit] = WRITTEN.exec(text) ?? [];
  if (!aggregate || metricOf(metric)?.valueOf(aggregate) === undefined) {
    throw new Error(`The threshold ${text} of ${metric} cannot be judged.`);
  }
  return {
    metric,
    text,
    aggregate,
    operator: operator as Threshold['operator'],
    limit: Number(limit),
    abortsAfterMs: abort.abortOnFail ? durationMs(abort.delayAbortEval ?? '0s') : undefined,
  };
}

/** Compares the metric as it is now. */
export function judge({ metric: name, text, aggregate, operator, limit }: Threshold): Verdict {
  const metric = metricOf(name);
  const value = metric?.isEmpty === false ? metric.valueOf(aggregate) : undefined;
  const passed = value === undefined || OPERATORS[operator](value, limit);
  return { metric: name, threshold: text, value, passed };
}
