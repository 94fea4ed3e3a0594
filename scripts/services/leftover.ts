/** Ends a server that a killed run left behind, before a second one starts on the same files. */
import { existsSync, readFileSync } from 'node:fs';

const PATIENCE_TRIES = 50;
const TRY_MS = 100;

/**
 * Stops the process whose number stands first in `pidFile`, if it still is `program`.
 * Asks with the first signal, then insists with the next.
 */
export async function stopLeftover(
  pidFile: string,
  program: RegExp,
  signals: readonly NodeJS.Signals[],
): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  for (const signal of signals) {
    if (!isRunning(pid, program)) return;
    process.kill(pid, signal);
    for (let tries = 0; tries < PATIENCE_TRIES && isRunning(pid, program); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, TRY_MS));
    }
  }
}

/** A pid file can outlive its process, and the number can belong to somebody else by now. */
function isRunning(pid: number, program: RegExp): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    process.kill(pid, 0);
    return !existsSync('/proc') || program.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return false;
  }
}
