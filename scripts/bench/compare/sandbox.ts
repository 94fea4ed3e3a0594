/** A payment sandbox for a compared system. */
import { join } from 'node:path';
import { freePort } from '../../services/free-port.ts';
import { LoadClient } from '../http-client.ts';
import type { BenchSystem } from '../system.ts';

/** Where buyers return to after the payment page. */
export const RETURN_ORIGIN = 'http://localhost:8080';
const CONNECTIONS = 300;

export interface Sandbox {
  /** Of the API and worker processes that use it. */
  settings: Record<string, string>;
  /** Its payment pages. */
  pages: LoadClient;
}

/** Starts a payment sandbox without faults. Its CPU time counts as that of nobody, because a real provider is elsewhere. */
export async function startSandbox(system: BenchSystem): Promise<Sandbox> {
  const apiPort = String(await freePort());
  const folder = join(system.folder, `sandbox-${apiPort}`);
  const { port } = await system.startServer('scripts/sandbox.ts', ['--data', folder], {
    SANDBOX_PORT: '0',
    // Not the address of the embedded run, which the services tell.
    SANDBOX_URL: '',
    EVENTS_URL: `http://127.0.0.1:${apiPort}/payments/sandbox/events`,
  });
  const settings = {
    PORT: apiPort,
    SANDBOX_URL: `http://localhost:${port}`,
    RETURN_ORIGINS: RETURN_ORIGIN,
  };
  return { settings, pages: new LoadClient(port, CONNECTIONS) };
}
