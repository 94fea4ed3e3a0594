/** Seatlane in the test's process, with a sandbox as its payment provider. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultsSchema } from '../../../scripts/sandbox/faults.ts';
import { startSandbox } from '../../../scripts/sandbox/start.ts';
import { freePort } from '../../../scripts/services/free-port.ts';
import { closeInOrder } from '../../../src/runtime/shutdown.ts';
import { startSeatlane, type TestSeatlane } from '../services/seatlane.ts';
import { stopAll } from '../services/stop-all.ts';
import { SANDBOX_SECRET, SandboxClient } from './sandbox.ts';

export interface SandboxedSeatlane {
  seatlane: TestSeatlane;
  /** Requests to the sandbox, as the API and a buyer send them. */
  provider: SandboxClient;
  /** What the sandbox reported. */
  reports: string[];
  stop(): Promise<void>;
}

/** Starts both, each with the address of the other. @param settings of Seatlane */
export async function startWithSandbox(
  settings: Record<string, string> = {},
): Promise<SandboxedSeatlane> {
  const port = await freePort();
  const seatlane = await startSeatlane({
    settings: {
      SANDBOX_URL: `http://localhost:${port}`,
      SANDBOX_SECRET,
      RETURN_ORIGINS: 'http://localhost:*',
      ...settings,
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'seatlane-cards-'));
  const reports: string[] = [];
  const { url, closing } = await startSandbox({
    folder,
    port,
    secret: SANDBOX_SECRET,
    eventsUrl: `${seatlane.client.base}/payments/sandbox/events`,
    publicUrl: undefined,
    faults: faultsSchema.parse({}),
    firstRetryMs: 50,
    report: (sentence, error) => reports.push(`${sentence} ${error ?? ''}`.trim()),
  });
  return {
    seatlane,
    provider: new SandboxClient(url),
    reports,
    stop: () =>
      stopAll(
        () => closeInOrder(closing),
        () => seatlane.stop(),
        () => rm(folder, { recursive: true, force: true }),
      ),
  };
}
