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
  /** What it has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

export interface ProxySettings {
  /** The limits of one address: connections at a time, requests in ten seconds. */
  connections?: number;
  requests?: number;
  /** Words of the `bind` line, as `accept-proxy`. */
  bindOptions?: string;
  /** Addresses of a front whose `X-Forwarded-For` counts. */
  front?: string;
  /** The file of another configuration. */
  configuration?: string;
}

/**
 * Starts the proxy, and waits until it responds.
 * @param apiAddress host and port, as `127.0.0.1:3000`
 */
export async function startProxy(
  apiAddress: string,
  settings: ProxySettings = {},
): Promise<TestProxy> {
  const [port, insidePort] = [await freePort(), await freePort()];
  const child = spawn(HAPROXY as string, ['-W', '-f', settings.configuration ?? CONFIGURATION], {
    env: {
      API_ADDRESS: apiAddress,
      PROXY_BIND: `127.0.0.1:${port}`,
      PROXY_BIND_OPTIONS: settings.bindOptions ?? 'name public',
      PROXY_FRONT: settings.front ?? '255.255.255.255',
      PROXY_INSIDE_BIND: `127.0.0.1:${insidePort}`,
      PROXY_CONNECTIONS: String(settings.connections ?? 1000),
      PROXY_REQUESTS: String(settings.requests ?? 100_000),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (data) => {
      log += data;
    });
  }
  const inside = `http://127.0.0.1:${insidePort}`;
  const isUp = () => {
    if (child.exitCode !== null) throw new Error(`HAProxy did not start: ${log}`);
    return fetch(`${inside}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  await waitFor('the proxy to answer', isUp);
  return {
    base: `http://127.0.0.1:${port}`,
    inside,
    log: () => log,
    stop: () => stopProcess(child),
  };
}
