/** The Prometheus metrics that every process has: runtime, connections to PostgreSQL and Redis, and whether both accept writes. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { cached, TIMES, type Times } from './cached.ts';

/** The counters of a connection pool, with the names that `pg` uses. */
export interface Pool {
  totalCount: number;
  idleCount: number;
  waitingCount: number;
  options: { max: number };
}

export interface ConnectionDeps {
  pool: Pool;
  /** Each connection by its purpose. */
  redis: Readonly<Record<string, { status: string }>>;
  /** By the name of a service: rejects if it does not accept writes of this process. */
  writes: Readonly<Record<string, () => Promise<unknown>>>;
}

/**
 * Creates the registry of a process, with metrics of memory, CPU, event loop, connections and services.
 * @param times how often a service is asked, and how long a scrape waits for its answer
 */
export function openRegistry(
  { pool, redis, writes }: ConnectionDeps,
  times: Times = TIMES,
): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'seatlane_postgres_connections',
    help: 'Connections in the pool, by state.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
    },
  });
  addGauge(registry, 'seatlane_postgres_connections_max', 'Maximum size of the pool.', () => {
    return pool.options.max;
  });
  addGauge(registry, 'seatlane_postgres_waiting', 'Requests waiting for a connection.', () => {
    return pool.waitingCount;
  });
  new Gauge({
    name: 'seatlane_redis_up',
    help: 'Whether a connection to Redis is ready, by its purpose.',
    labelNames: ['connection'],
    registers: [registry],
    collect() {
      for (const [connection, { status }] of Object.entries(redis)) {
        this.set({ connection }, status === 'ready' ? 1 : 0);
      }
    },
  });
  addServiceGauge(registry, writes, times);
  return registry;
}

function addServiceGauge(registry: Registry, writes: ConnectionDeps['writes'], times: Times): void {
  const services = Object.entries(writes).map(([service, write]) => ({
    service,
    isWritable: cached(() => write().then(() => true), times),
  }));
  new Gauge({
    name: 'seatlane_service_writable',
    help: 'Whether a service has accepted a write of this process, within a second.',
    labelNames: ['service'],
    registers: [registry],
    async collect() {
      const ask = async ({ service, isWritable }: (typeof services)[number]) =>
        this.set({ service }, (await isWritable()) ? 1 : 0);
      await Promise.all(services.map(ask));
    },
  });
}

/**
 * Adds a counter whose series begin at 0, so that Prometheus sees their first increment.
 * @param name without the prefix `seatlane_`
 * @param first the labels of each series; without any, the counter has no labels
 */
export function addCounter<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  first: readonly Partial<Record<Label, string>>[] = [],
): Counter<Label> {
  const labelNames = [...new Set(first.flatMap((labels) => Object.keys(labels) as Label[]))];
  const counter = new Counter({
    name: `seatlane_${name}`,
    help,
    labelNames,
    registers: [registry],
  });
  for (const labels of first) counter.inc(labels as Record<Label, string>, 0);
  return counter;
}

/** Adds a gauge whose value is read when the metrics are scraped. */
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
