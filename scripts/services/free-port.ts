/** Finds a free TCP port. */
import { createServer } from 'node:net';

/**
 * Asks the system for a free TCP port on the loopback address.
 * @returns the port; another process can take it before the caller does, so callers must retry
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
