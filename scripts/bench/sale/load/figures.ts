/** What the load counts: latencies by kind of request, and outcomes. */
import { latenciesOf } from '../../compare/figures.ts';
import type { TimedResponse } from './wire-client.ts';

export class LoadFigures {
  readonly #latencies = new Map<string, number[]>();
  readonly outcomes = new Map<string, number>();
  polls = 0;
  /** Commands and reads of admitted users. */
  commands = 0;
  reads = 0;
  /** Users who are in a queue, summed over time, in user-seconds. */
  waited = 0;
  entered = 0;

  count(what: string): void {
    this.outcomes.set(what, (this.outcomes.get(what) ?? 0) + 1);
  }

  note(kind: string, { ms, status }: TimedResponse): void {
    const known = this.#latencies.get(kind);
    if (known) known.push(ms);
    else this.#latencies.set(kind, [ms]);
    if (status >= 500 || status === 429) this.count(`${kind} returned ${status}`);
  }

  /** Lines of a table: kind, count, p50, p95, p99, in ms. */
  table(): string[][] {
    return [...this.#latencies].map(([kind, ms]) => {
      const { p50Ms, p95Ms, p99Ms } = latenciesOf(ms);
      return [kind, String(ms.length), ...[p50Ms, p95Ms, p99Ms].map((each) => each.toFixed(1))];
    });
  }

  /** What has come of the users so far, in a line. */
  get summary(): string {
    return [...this.outcomes].map(([what, times]) => `${times} ${what}`).join(', ');
  }
}
