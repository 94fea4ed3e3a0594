/** Parses the API's Prometheus metrics, and computes latencies between two readings. */

export interface Sample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

const LINE = /^(\w+)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

export function parseMetrics(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name === undefined || line.startsWith('#')) return [];
    const pairs = [...labels.matchAll(LABEL)].map(([, key = '', text = '']) => [key, text]);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}

export function sampleValue(samples: readonly Sample[], name: string): number {
  return samples.find((sample) => sample.name === name)?.value ?? 0;
}

/** The number of outcomes by command and state, since the start of the process. */
export type CommandCounts = ReadonlyMap<string, ReadonlyMap<string, number>>;

export function commandCounts(samples: readonly Sample[]): CommandCounts {
  const counts = new Map<string, Map<string, number>>();
  for (const { name, labels, value } of samples) {
    if (name !== 'seatlane_commands_total') continue;
    const { command = '', state = '' } = labels;
    const states = counts.get(command) ?? new Map<string, number>();
    counts.set(command, states.set(state, value));
  }
  return counts;
}

/** Cumulative histogram over all commands: how many outcomes took at most `bound` seconds, ascending. */
export type Buckets = readonly (readonly [bound: number, count: number])[];

export function latencyBuckets(samples: readonly Sample[]): Buckets {
  const sums = new Map<number, number>();
  for (const { name, labels, value } of samples) {
    if (name !== 'seatlane_command_seconds_bucket') continue;
    const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
    sums.set(bound, (sums.get(bound) ?? 0) + value);
  }
  return [...sums].sort(([a], [b]) => a - b);
}

/**
 * The latency in seconds that `part` of the outcomes between two readings did not exceed; undefined if there were no
 * outcomes. Within a bucket, outcomes are assumed to be distributed evenly.
 */
export function quantile(before: Buckets, after: Buckets, part: number): number | undefined {
  const known = new Map(before);
  const fresh = after.map(([bound, count]) => [bound, count - (known.get(bound) ?? 0)] as const);
  const total = fresh.at(-1)?.[1] ?? 0;
  if (total <= 0) return undefined;
  let [lower, below] = [0, 0];
  for (const [bound, count] of fresh) {
    if (count >= part * total) {
      if (bound === Number.POSITIVE_INFINITY) return lower;
      return lower + ((part * total - below) / Math.max(1, count - below)) * (bound - lower);
    }
    [lower, below] = [bound, count];
  }
  return lower;
}
