/** Whether a series of samples is flat: by its slope after a warm-up, a least-squares line. */

export interface Sample {
  /** Since the first sample, in s. */
  seconds: number;
  value: number;
}

export interface Flatness {
  /** Means of the first and the last quarter after the warm-up. */
  first: number;
  last: number;
  perHour: number;
  /** What the line rises by between the warm-up and the end, as a share of the mean. */
  growth: number;
  isFlat: boolean;
}

/** Between two garbage collections or vacuums a series rises and falls by some percent. */
const GROWTH_MAX = 0.1;

/** The first third, or six minutes if half of the run is longer: outcomes stay in Redis for five. */
export function warmUpSeconds(totalSeconds: number): number {
  return Math.max(totalSeconds / 3, Math.min(360, totalSeconds / 2));
}

/**
 * @param samples in the order of their time
 * @param allowance how much the line may rise in any case, in the unit of the values
 */
export function flatnessOf(samples: readonly Sample[], allowance: number): Flatness {
  const total = samples.at(-1)?.seconds ?? 0;
  const warm = samples.filter(({ seconds }) => seconds >= warmUpSeconds(total));
  const quarter = Math.ceil(warm.length / 4);
  const mean = meanOf(warm);
  const slope = slopeOf(warm);
  const rise = slope * (total - warmUpSeconds(total));
  return {
    first: meanOf(warm.slice(0, quarter)),
    last: meanOf(warm.slice(-quarter)),
    perHour: slope * 3600,
    growth: mean === 0 ? 0 : rise / mean,
    isFlat: rise <= Math.max(allowance, GROWTH_MAX * mean),
  };
}

function meanOf(samples: readonly Sample[]): number {
  return samples.reduce((sum, { value }) => sum + value, 0) / samples.length;
}

/** The slope of the least-squares line, per s; 0 for fewer than two samples. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = meanOf(samples);
  const middle = samples.reduce((sum, { seconds }) => sum + seconds, 0) / samples.length;
  let [products, squares] = [0, 0];
  for (const { seconds, value } of samples) {
    products += (seconds - middle) * (value - mean);
    squares += (seconds - middle) ** 2;
  }
  return squares === 0 ? 0 : products / squares;
}
