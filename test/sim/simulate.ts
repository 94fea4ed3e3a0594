/** Starts simulations, each in a process of its own, so that nothing is left of the one before. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { snapshotPath } from './postgres/snapshot.ts';
import type { RunResult } from './run.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const BOOT = resolve(import.meta.dirname, 'host/boot.ts');
const OUTPUT_BYTES_MAX = 2 ** 26;
/** A run takes a few seconds. One that takes longer than this hangs: no timer would end it from within. */
const START_MS_MAX = 60_000;
const STEP_MS_MAX = 20;

export interface Simulating {
  seed: number;
  /** The run goes on after so many steps until all requests are answered. */
  steps: number;
  /** The name of a planted bug (`bugs.ts`). */
  bug?: string | undefined;
  hasFaults?: boolean;
}

/** The result, with the CPU time of the steps. */
export type Measured = RunResult & { cpuMs: number };

/**
 * @returns a run that does not end in time as broken, without its steps
 * @throws Error with `stderr` if the process of the simulation ends by an exception
 */
export async function simulate({
  seed,
  steps,
  bug,
  hasFaults = true,
}: Simulating): Promise<Measured> {
  await ensureSnapshot();
  const one = resolve(import.meta.dirname, 'one.ts');
  const plant = bug === undefined ? [] : ['--import', resolve(import.meta.dirname, 'plant.ts')];
  const words = [...plant, '--import', BOOT, one, String(steps), hasFaults ? 'faults' : 'none'];
  const env = {
    ...process.env,
    SIM_SEED: String(seed),
    ...(bug !== undefined && { SIM_BUG: bug }),
  };
  const timeout = START_MS_MAX + steps * STEP_MS_MAX;
  const limits = { timeout, killSignal: 'SIGKILL', maxBuffer: OUTPUT_BYTES_MAX } as const;
  const started = promisify(execFile)(process.execPath, words, { cwd: ROOT, env, ...limits });
  const { stdout } = await started.catch((error: { killed?: boolean }) => {
    if (!error.killed) throw error;
    return { stdout: JSON.stringify(hanging(seed, timeout)) };
  });
  return JSON.parse(stdout) as Measured;
}

async function ensureSnapshot(): Promise<void> {
  if (existsSync(snapshotPath())) return;
  const make = resolve(import.meta.dirname, 'postgres/make-snapshot.ts');
  const env = { ...process.env, SIM_SEED: '0' };
  await promisify(execFile)(process.execPath, ['--import', BOOT, make], { cwd: ROOT, env });
}

function hanging(seed: number, timeoutMs: number): Measured {
  const broken = `The simulation does not end within ${timeoutMs / 1000} s.`;
  const nothing = { steps: 0, commands: 0, commits: 0, simulatedMs: 0, cpuMs: timeoutMs };
  return {
    seed,
    broken,
    digest: '',
    counts: {},
    outcomes: {},
    lastSteps: [],
    errors: [],
    ...nothing,
  };
}

/**
 * What is found by the audit or at the end may be there long before: looks for fewer steps that show it too.
 * @param limit the steps of the run that found it
 */
export async function shrink(
  found: Measured,
  limit: number,
  hasFaults: boolean,
): Promise<Measured> {
  let shortest = found;
  for (let low = 0, high = Math.min(found.steps, limit); high - low > Math.max(50, high / 10); ) {
    const steps = Math.floor((low + high) / 2);
    const result = await simulate({ seed: found.seed, steps, hasFaults });
    if (result.broken === undefined) low = steps;
    else {
      high = steps;
      if (result.steps < shortest.steps) shortest = result;
    }
  }
  return shortest;
}
