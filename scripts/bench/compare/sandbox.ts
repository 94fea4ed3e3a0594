/** The payment sandbox of a benchmark. */
import { join } from 'node:path';
import type { BenchProcess, BenchSystem } from '../system.ts';

/** Where buyers return to after the payment page. */
export const RETURN_ORIGIN = 'http://localhost:8080';

export interface Sandbox {
  process: BenchProcess & { port: number };
  /** Without a trailing slash. */
  url: string;
  /** Of the API and worker processes that use it. */
  settings: { SANDBOX_URL: string; RETURN_ORIGINS: string };
}

/**
 * Starts a payment sandbox. A real provider is elsewhere, so its CPU time is not that of the servers.
 * @param apiPort of the API process that gets its events
 * @param faults what goes wrong with its events; by default nothing
 */
export async function startSandbox(
  system: BenchSystem,
  apiPort: number,
  faults?: object,
): Promise<Sandbox> {
  const folder = join(system.folder, `sandbox-${apiPort}`);
  const process = await system.startServer('scripts/sandbox.ts', ['--data', folder], {
    SANDBOX_PORT: '0',
    // Not the address of the embedded run, which the services tell.
    SANDBOX_URL: '',
    EVENTS_URL: `http://127.0.0.1:${apiPort}/payments/sandbox/events`,
    ...(faults && { SANDBOX_FAULTS: JSON.stringify(faults) }),
  });
  const url = `http://localhost:${process.port}`;
  return { process, url, settings: { SANDBOX_URL: url, RETURN_ORIGINS: RETURN_ORIGIN } };
}
