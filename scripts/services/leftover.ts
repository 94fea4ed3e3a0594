/** Stops a server that a killed run left behind, before another one starts on the same files. */
import { existsSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeOf } from './process-identity.ts';

const TRIES_MAX = 50;
const TRY_MS = 100;

/**
 * Stops the process whose id is the first line of `pidFile`, if it still runs `program` in the folder of that file.
 * @param signals sent one after another, five seconds apart, until the process has exited
 */
export async function stopLeftover(
  pidFile: string,
  program: RegExp,
  signals: readonly NodeJS.Signals[],
): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  const isRunning = () => startTimeOf(pid) !== undefined && isIn(pid, program, dirname(pidFile));
  for (const signal of signals) {
    if (!isRunning()) return;
    process.kill(pid, signal);
    for (let tries = 0; tries < TRIES_MAX && isRunning(); tries += 1) {
      await sleep(TRY_MS);
    }
  }
}

/** A pid file can outlive its process, and its number may now belong to an unrelated process. */
function isIn(pid: number, program: RegExp, folder: string): boolean {
  if (!existsSync('/proc/self')) return true;
  try {
    const isProgram = program.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    return isProgram && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
  } catch {
    return false;
  }
}
