/** Tells a process from a later one with the same number. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Of the fields of /proc/PID/stat behind the name, the one with the start time (proc(5): field 22). */
const START_TIME_FIELD = 19;

/** @returns the start time of a process in the system's own format; undefined without such a process */
export function startTimeOf(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  try {
    if (!existsSync('/proc/self/stat')) {
      const said = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
      return said.trim() || undefined;
    }
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    // A zombie has ended; its parent has not asked yet.
    return fields[0] === 'Z' ? undefined : fields[START_TIME_FIELD];
  } catch {
    return undefined;
  }
}
