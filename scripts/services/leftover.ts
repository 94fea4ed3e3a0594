/** Ends a server that a killed run left behind, before a second one starts on the same files. */
import { existsSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { startTimeOf } from './process-identity.ts';

const TRIES_MAX = 50;
const TRY_MS = 100;

/**
 * Stops the process whose number stands first in `pidFile`, if it still is `program` and works in the file's folder.
 * Asks with the first signal, then insists with the next.
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
      await new Promise((resolve) => setTimeout(resolve, TRY_MS));
    }
  }
}

/** A pid file can outlive its process, and the number can belong to somebody else's server by now. */
function isIn(pid: number, program: RegExp, folder: string): boolean {
  if (!existsSync('/proc/self')) return true;
  try {
    const isProgram = program.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    return isProgram && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
  } catch {
    return false;
  }
}
