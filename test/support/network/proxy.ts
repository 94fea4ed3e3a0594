/** The proxy of `docker-compose.yml` with its configuration, if HAProxy is installed. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { stopProcess } from '../../../scripts/lib/stop-process.ts';
import { freePort } from '../../../scripts/services/free-port.ts';
import { waitFor } from '../wait-for.ts';

const CONFIGURATION = resolve(import.meta.dirname, '../../../deploy/proxy/haproxy.cfg');

/** The path of HAProxy; on Debian it is not in the PATH of normal users. */
export const HAPROXY = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  .map((folder) => join(folder, 'haproxy'))
  .find((path) => existsSync(path));

if (!HAPROXY) console.warn('There is no HAProxy here: tests of the proxy are skipped.');

export interface TestProxy {
  /** The address for clients. */
  base: string;
  /** The address of its health and statistics. */
  inside: string;
  stop(): Promise<void>;
}

/**
 * Starts the proxy, and waits until it responds.
 * @param apiAddress host and port, as `127.0.0.1:3000`
 * @param limits of one address: connections at a time, requests in ten seconds
 */
export async function startProxy(
  apiAddress: string,
  limits: { connections?: number; requests?: number } = {},
): Promise<TestProxy> {
  const [port, insidePort] = [await freePort(), await freePort()];
  const child = spawn(HAPROXY as string, ['-W', '-f', CONFIGURATION], {
    env: {
      API_ADDRESS: apiAddress,
      PROXY_BIND: `127.0.0.1:${port}`,
      PROXY_INSIDE_BIND: `127.0.0.1:${insidePort}`,
      PROXY_CONNECTIONS: String(limits.connections ?? 1000),
      PROXY_REQUESTS: String(limits.requests ?? 100_000),
    },
    stdio: 'ignore',
  });
  const inside = `http://127.0.0.1:${insidePort}`;
  const isUp = () =>
    fetch(`${inside}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitFor('the proxy to answer', isUp);
  return {
    base: `http://127.0.0.1:${port}`,
    inside,
    stop: () => stopProcess(child),
  };
}
