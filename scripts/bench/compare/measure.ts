/** Measures one run of one contestant, with the CPU time and transactions that it used. */
import type { BenchSystem } from '../system.ts';
import type { Contestant } from './contestants.ts';
import type { Begin, Outcome } from './scenarios.ts';

export interface Measured extends Outcome {
  cpuSeconds: { api: number; worker: number; postgres: number; redis: number };
  /** The number of transactions that wrote. */
  transactions: number;
}

/** @param run must call its argument when the preparation is done; only what happens after that is measured */
export async function measure(
  system: BenchSystem,
  contestant: Contestant,
  run: (begin: Begin) => Promise<Outcome>,
): Promise<Measured> {
  const readCounters = async () => {
    const [row] = await contestant.query<{ xid: number }>(
      `select pg_snapshot_xmax(pg_current_snapshot())::text::float8 as xid`,
    );
    return { ...system.servicesCpu(), ...contestant.cpuSeconds(), xid: row?.xid ?? 0 };
  };
  let before = await readCounters();
  const { cleanUp, ...outcome } = await run(async () => {
    before = await readCounters();
  });
  const after = await readCounters();
  await cleanUp?.();
  const used = (what: 'api' | 'worker' | 'postgres' | 'redis') => after[what] - before[what];
  return {
    ...outcome,
    cpuSeconds: {
      api: used('api'),
      worker: used('worker'),
      postgres: used('postgres'),
      redis: used('redis'),
    },
    transactions: after.xid - before.xid,
  };
}
