/** What every process publishes for Prometheus: itself, and its connections to PostgreSQL and Redis. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** What there is to know of a pool of connections; `pg` has it under these names. */
export interface Pool {
  totalCount: number;
  idleCount: number;
  waitingCount: number;
  options: { max: number };
}

export interface ConnectionDeps {
  pool: Pool;
  /** Each connection by what it is for. */
  redis: Readonly<Record<string, { status: string }>>;
}

/** Opens a process's registry: memory, CPU, event loop, and the connections. */
export function openRegistry({ pool, redis }: ConnectionDeps): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'seatlane_postgres_connections',
    help: 'Connections of the pool, by state.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
    },
  });
  addGauge(registry, 'seatlane_postgres_connections_max', 'Connections at most.', () => {
    return pool.options.max;
  });
  addGauge(registry, 'seatlane_postgres_waiting', 'Callers who wait for a connection.', () => {
    return pool.waitingCount;
  });
  new Gauge({
    name: 'seatlane_redis_up',
    help: 'Whether a connection to Redis works, by what it is for.',
    labelNames: ['connection'],
    registers: [registry],
    collect() {
      for (const [connection, { status }] of Object.entries(redis)) {
        this.set({ connection }, status === 'ready' ? 1 : 0);
      }
    },
  });
  return registry;
}

/** Adds a figure that is there already when it is asked for. */
export function addGauge(
  registry: Registry,
  name: string,
  help: string,
  value: () => number | boolean,
): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(Number(value()));
    },
  });
}
