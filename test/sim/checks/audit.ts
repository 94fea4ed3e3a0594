/** The promises of `npm run audit`, on the simulated database. */
import { checks } from '../../../scripts/audit/checks.ts';
import type { Engine } from '../postgres/engine.ts';

/** @returns the first promise that does not hold, with the rows that break it */
export function findBrokenPromise(engine: Engine): string | undefined {
  for (const { promise, wrong } of checks) {
    const found = engine.read<{ wrong: string }>(
      `select wrong from (${wrong}) as finding(wrong) limit 3`,
    );
    if (found.length > 0) return `${promise}: ${found.map((row) => row.wrong).join('; ')}`;
  }
  return undefined;
}
