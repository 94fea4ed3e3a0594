/** How often and how long a fault test breaks what it breaks, and what it tells of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestProcess } from '../services/processes.ts';
import type { Report, Scene } from './scene.ts';

/** `npm test` runs each fault in its short form; `npm run test:system` goes on for many rounds, and tells. */
export const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 1);
/** For what takes long each time. */
export const LONG_ROUNDS = 4;
/** How long a fault test may take, in ms, on a slow machine. */
export const FAULT_TIMEOUT_MS = 240_000 + ROUNDS * 45_000;

/**
 * In the short form customers act in waves: they fill batches all the same, and leave the CPU in between to what
 * is started and to the tests beside them.
 */
const WAVE_MS = 200;
/** After that long a wave's commands are in the hands of API and workers. */
const UNDER_WAY_MS = 10;

export const untilNextWaveMs = () => WAVE_MS - (performance.now() % WAVE_MS);

/** Breaks it again and again, in the middle of a wave, with a moment in between. */
export async function rounds(act: () => Promise<void>, most = ROUNDS): Promise<void> {
  for (let round = 0; round < Math.min(ROUNDS, most); round += 1) {
    if (ROUNDS === 1) await sleep(untilNextWaveMs() + UNDER_WAY_MS);
    await act();
    await sleep(400);
  }
}

/** Writes what happened in many rounds. */
export function tell(what: string, { counts, retries, notes, slowestMs }: Report): void {
  if (ROUNDS === 1) return;
  const slowest = `${Math.round(slowestMs())} ms`;
  const told = { commands: notes.length, slowest, retries, counts };
  console.log(`${what}: ${JSON.stringify(told)}`);
}

/** Ends the process that has been there for longest, in the middle of what it does. */
export async function killOldest(scene: Scene, processes: readonly TestProcess[]): Promise<void> {
  const [victim] = processes as [TestProcess];
  scene.drop(victim);
  await victim.kill();
}
