/** PostgreSQL and Redis for a test run, in a temporary folder. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { COMPILE_CACHE } from '../../../scripts/lib/compile-cache.ts';
import { stopProcess } from '../../../scripts/lib/stop-process.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

export interface TemporaryServices {
  settings: { DATABASE_URL: string; REDIS_URL: string };
  stop(): Promise<void>;
}

/** Starts the services that the environment does not define. @throws Error if they do not start */
export async function startTemporaryServices(): Promise<TemporaryServices> {
  const folder = await mkdtemp(join(tmpdir(), 'seatlane-test-'));
  const child = fork(join(ROOT, 'scripts/services.ts'), ['--data', folder], {
    env: { ...COMPILE_CACHE, ...process.env },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const [settings] = await Promise.race([
    once(child, 'message'),
    exited.then(async () => {
      await rm(folder, { recursive: true, force: true });
      throw new Error('The services for the tests did not start.');
    }),
  ]);
  return {
    settings: settings as TemporaryServices['settings'],
    async stop() {
      await stopProcess(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
