/** Distinguishes a process from a later one with the same id. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** The index of the start time among the fields after the name in /proc/PID/stat (field 22 in proc(5)). */
const START_TIME_FIELD = 19;

/** @returns the start time of a process in the system's format; undefined if there is no such process */
export function startTimeOf(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  try {
    if (!existsSync('/proc/self/stat')) {
      const output = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
      return output.trim() || undefined;
    }
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    // A zombie has exited.
    return fields[0] === 'Z' ? undefined : fields[START_TIME_FIELD];
  } catch {
    return undefined;
  }
}
