/** The metrics of seat reads: how many there are, how they were answered, and how long they took. */
import { Histogram, type Registry } from 'prom-client';

/** What a client reads: all seats, those in one state, or the packed states. */
const READS = ['all', 'in_state', 'packed'] as const;
export type SeatReadKind = (typeof READS)[number];

/**
 * `not_modified`: the client has the current version (304). `memory`: the response was in memory. `database`: the request
 * waited for PostgreSQL, for a query of its own or for one that it shares with others.
 */
const ANSWERS = ['not_modified', 'memory', 'database'] as const;

/** One read of seats that is in progress. */
export interface SeatRead {
  /** The request waits for PostgreSQL. */
  waits(): void;
  /** The response is ready. @returns the response */
  end(response: Response): Response;
}

export class SeatMetrics {
  readonly #reads: Histogram<'read' | 'answer'>;

  constructor(registry: Registry) {
    this.#reads = new Histogram({
      name: 'seatlane_seat_read_seconds',
      help: 'Duration of answered reads of the seats of a schedule, by what was read and how it was answered.',
      labelNames: ['read', 'answer'],
      // 0.1 is the target.
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers: [registry],
    });
    for (const read of READS) for (const answer of ANSWERS) this.#reads.zero({ read, answer });
  }

  /** Begins a read. A read that ends with an error is not recorded. */
  begin(read: SeatReadKind): SeatRead {
    const began = performance.now();
    let source: 'memory' | 'database' = 'memory';
    return {
      waits() {
        source = 'database';
      },
      end: (response) => {
        const answer = response.status === 304 ? 'not_modified' : source;
        this.#reads.observe({ read, answer }, (performance.now() - began) / 1000);
        return response;
      },
    };
  }
}
