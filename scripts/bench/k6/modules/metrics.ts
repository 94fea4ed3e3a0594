/** The module k6/metrics: metrics by their names, with the values that thresholds compare. */

/** A value by its name in thresholds, such as `rate` or `p(95)`; undefined if the metric has none of that name. */
export interface Metric {
  readonly name: string;
  readonly isEmpty: boolean;
  valueOf(aggregate: string): number | undefined;
}

const known = new Map<string, Metric>();
let isPaused = false;

/** All metrics, in the order in which they were created. */
export function allMetrics(): readonly Metric[] {
  return [...known.values()];
}

/** @returns undefined if no metric has this name */
export function metricOf(name: string): Metric | undefined {
  return known.get(name);
}

/** While paused, nothing is added: k6 cuts iterations off when a run is aborted, and here they go on to their end. */
export function pauseMetrics(paused: boolean): void {
  isPaused = paused;
}

abstract class Base implements Metric {
  readonly name: string;
  isEmpty = true;

  constructor(name: string, _isTime = false) {
    if (known.has(name)) throw new Error(`There are two metrics called ${name}.`);
    this.name = name;
    known.set(name, this);
  }

  add(value: number | boolean): void {
    if (isPaused) return;
    this.isEmpty = false;
    this.take(Number(value));
  }

  protected abstract take(value: number): void;
  abstract valueOf(aggregate: string): number | undefined;
}

export class Counter extends Base {
  #count = 0;

  protected take(value: number): void {
    this.#count += value;
  }

  valueOf(aggregate: string): number | undefined {
    return aggregate === 'count' ? this.#count : undefined;
  }
}

export class Rate extends Base {
  #trues = 0;
  #all = 0;

  protected take(value: number): void {
    this.#all += 1;
    if (value !== 0) this.#trues += 1;
  }

  /** `count` is the number of added values; k6 shows it, and has no threshold on it. */
  valueOf(aggregate: string): number | undefined {
    if (aggregate === 'count') return this.#all;
    if (aggregate !== 'rate') return undefined;
    return this.#all === 0 ? 0 : this.#trues / this.#all;
  }
}

const PERCENTILE = /^p\((\d+(?:\.\d+)?)\)$/;

export class Trend extends Base {
  #values: number[] = [];
  #isSorted = true;

  protected take(value: number): void {
    this.#values.push(value);
    this.#isSorted = false;
  }

  valueOf(aggregate: string): number | undefined {
    const values = this.#sorted();
    const last = values.length - 1;
    switch (aggregate) {
      case 'count':
        return values.length;
      case 'avg':
        return last < 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
      case 'min':
        return values[0] ?? 0;
      case 'max':
        return values[last] ?? 0;
    }
    const share = aggregate === 'med' ? 50 : PERCENTILE.exec(aggregate)?.[1];
    return share === undefined ? undefined : between(values, Number(share) / 100);
  }

  #sorted(): number[] {
    if (!this.#isSorted) this.#values.sort((a, b) => a - b);
    this.#isSorted = true;
    return this.#values;
  }
}

/** The percentile of sorted values, interpolated between the two nearest ones as k6 does it. */
function between(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? 0;
  return below + (above - below) * (at - Math.floor(at));
}
