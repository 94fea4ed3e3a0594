/** How often and how long a fault test causes its fault, and what it logs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestProcess } from '../services/processes.ts';
import type { Report, Scene } from './scene.ts';

/** `npm test` causes each fault in its short form; `npm run test:system` runs many rounds and logs them. */
export const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 1);
/** The number of rounds for faults that take long. */
export const LONG_ROUNDS = 4;
/** How long a fault test may take, in ms, on a slow machine. */
export const FAULT_TIMEOUT_MS = 600_000 + ROUNDS * 90_000;

/**
 * In the short form customers act in waves: they fill batches all the same, and leave the CPU in between to what
 * is started and to the tests beside them.
 */
const WAVE_MS = 200;
/** After this time the API and the workers are processing the commands of a wave, in ms. */
const UNDER_WAY_MS = 10;

export const untilNextWaveMs = () => WAVE_MS - (performance.now() % WAVE_MS);

/** Causes the fault repeatedly, in the middle of a wave, with a pause in between. */
export async function rounds(act: () => Promise<void>, most = ROUNDS): Promise<void> {
  for (let round = 0; round < Math.min(ROUNDS, most); round += 1) {
    if (ROUNDS === 1) await sleep(untilNextWaveMs() + UNDER_WAY_MS);
    await act();
    await sleep(400);
  }
}

/** Logs the results of many rounds. */
export function tell(what: string, { counts, retries, notes, slowestMs }: Report): void {
  if (ROUNDS === 1) return;
  const slowest = `${Math.round(slowestMs())} ms`;
  const told = { commands: notes.length, slowest, retries, counts };
  console.log(`${what}: ${JSON.stringify(told)}`);
}

/** Kills the oldest process while it works. */
export async function killOldest(scene: Scene, processes: readonly TestProcess[]): Promise<void> {
  const [victim] = processes as [TestProcess];
  scene.drop(victim);
  await victim.kill();
}
