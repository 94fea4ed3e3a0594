/** Runs one simulation in this process, and prints its result as JSON. Started by `simulate.ts`, with `host/boot.ts` loaded before. */
import { snapshotPath } from './postgres/snapshot.ts';
import { run } from './run.ts';

const [steps = '2000', faults = 'faults'] = process.argv.slice(2);
const result = await run({
  seed: Number(process.env.SIM_SEED),
  steps: Number(steps),
  snapshot: snapshotPath(),
  hasFaults: faults === 'faults',
});
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
