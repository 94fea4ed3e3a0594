/** The results of a profile as tables. */
import { allMetrics } from './modules/metrics.ts';
import type { Verdict } from './thresholds.ts';
import type { Watched } from './watch-resources.ts';

export interface Figures {
  profile: string;
  seconds: number;
  verdicts: Verdict[];
  /** Metrics by name, each with its values by aggregate. */
  metrics: Record<string, Record<string, number>>;
  /** Of a soak. */
  resources: Watched[];
}

const TREND = ['count', 'med', 'p(95)', 'p(99)', 'max'];

/** The values of all metrics that have any. */
export function metricValues(): Figures['metrics'] {
  const filled = allMetrics().filter(({ isEmpty }) => !isEmpty);
  return Object.fromEntries(
    filled.map((metric) => {
      const values = ['rate', ...TREND].map((aggregate) => [aggregate, metric.valueOf(aggregate)]);
      return [metric.name, Object.fromEntries(values.filter(([, value]) => value !== undefined))];
    }),
  );
}

const short = (value: number) => String(Math.round(value * 10) / 10);

/** Markdown: thresholds, times, counts and, of a soak, what the stack held. */
export function toMarkdown({ verdicts, metrics, resources }: Figures): string {
  const values = Object.entries(metrics);
  const tables = [
    table(['threshold', 'limit', 'value', ''], verdicts.map(verdictRow)),
    table(
      ['time, in ms', 'times', 'p50', 'p95', 'p99', 'longest'],
      values
        .filter(([, each]) => 'med' in each)
        .map(([name, each]) => [name, ...TREND.map((aggregate) => short(each[aggregate] ?? 0))]),
    ),
    table(
      ['counted', ''],
      values
        .filter(([, each]) => !('med' in each) && !('rate' in each))
        .map(([name, { count = 0 }]) => [name, String(count)]),
    ),
  ];
  if (resources.length > 0) {
    const columns = ['after the warm-up', 'at first', 'at last', 'per hour', 'growth', ''];
    tables.push(table(columns, resources.map(resourceRow)));
  }
  return tables.join('\n\n');
}

function verdictRow({ metric, threshold, value, passed }: Verdict): string[] {
  if (value === undefined) return [metric, threshold, '', 'no values'];
  const shown = threshold.startsWith('rate') ? `${short(value * 100)} %` : short(value);
  return [metric, threshold, shown, passed ? 'passed' : 'EXCEEDED'];
}

function resourceRow({ what, unit, isJudged, isFlat, ...found }: Watched): string[] {
  const { first, last, perHour, growth } = found;
  const judged = isFlat ? 'flat' : 'GROWS';
  const verdict = isJudged ? judged : 'not judged';
  const percent = `${short(growth * 100)} %`;
  return [`${what}, ${unit}`, short(first), short(last), short(perHour), percent, verdict];
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
