/** Stops a child process. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * Sends SIGTERM, and resolves when the process has exited.
 * @param killAfterMs when to send SIGKILL to a process that has not exited; never by default
 */
export async function stopProcess(child: ChildProcess, killAfterMs?: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const kill = () => child.kill('SIGKILL');
  const timer = killAfterMs === undefined ? undefined : setTimeout(kill, killAfterMs);
  child.kill('SIGTERM');
  await once(child, 'exit');
  clearTimeout(timer);
}
