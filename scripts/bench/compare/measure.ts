/** Measures one run of one contestant: besides its own figures, what it cost the machine. */
import type { BenchSystem } from '../system.ts';
import type { Contestant } from './contestants.ts';
import type { Begin, Outcome } from './scenarios.ts';

export interface Measured extends Outcome {
  cpuSeconds: { api: number; worker: number; postgres: number; redis: number };
  /** Transactions that wrote. */
  transactions: number;
}

/** @param run calls what it is given when everything is ready and the load begins: what was before does not count */
export async function measure(
  system: BenchSystem,
  contestant: Contestant,
  run: (begin: Begin) => Promise<Outcome>,
): Promise<Measured> {
  const look = async () => {
    const [row] = await contestant.query<{ xid: number }>(
      `select pg_snapshot_xmax(pg_current_snapshot())::text::float8 as xid`,
    );
    return { ...system.servicesCpu(), ...contestant.cpuSeconds(), xid: row?.xid ?? 0 };
  };
  let before = await look();
  const outcome = await run(async () => {
    before = await look();
  });
  const after = await look();
  const spent = (what: 'api' | 'worker' | 'postgres' | 'redis') => after[what] - before[what];
  return {
    ...outcome,
    cpuSeconds: {
      api: spent('api'),
      worker: spent('worker'),
      postgres: spent('postgres'),
      redis: spent('redis'),
    },
    transactions: after.xid - before.xid,
  };
}
