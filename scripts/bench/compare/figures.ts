/** Statistics: percentiles, medians, means, latencies, Zipf's law. */

/** The percentile of sorted numbers by the nearest-rank method. @param share 0..1 */
export function percentile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const rank = Math.ceil(share * sorted.length);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1] as number;
}

export function median(numbers: readonly number[]): number {
  return percentile(
    numbers.toSorted((a, b) => a - b),
    0.5,
  );
}

export function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}

export interface Latencies {
  meanMs: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
}

export function latenciesOf(ms: readonly number[]): Latencies {
  const sorted = ms.toSorted((a, b) => a - b);
  return {
    meanMs: mean(sorted),
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
  };
}

/**
 * Draws numbers from 0 to count-1 by Zipf's law: the n-th number is drawn n^-s times as often as the first.
 * @param random returns a number in [0, 1)
 */
export function zipf(count: number, s: number, random: () => number): () => number {
  const sums: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= count; rank += 1) {
    total += rank ** -s;
    sums.push(total);
  }
  return () => {
    const wanted = random() * total;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
