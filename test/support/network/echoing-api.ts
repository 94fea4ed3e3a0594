/** An API behind the proxy in tests: it answers with the headers that reached it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TestClient } from '../http/client.ts';
import { type ProxySettings, startProxy, type TestProxy } from './proxy.ts';

/** How long `/slow` takes, in ms. */
const SLOW_MS = 500;

export interface EchoingApi {
  /** The paths that answer 503, beside `/fails`. */
  failing: string[];
  /** Runs `look` with a proxy in front of it. */
  withProxy(
    settings: ProxySettings,
    look: (proxy: TestProxy, client: TestClient) => Promise<void>,
  ): Promise<void>;
  stop(): void;
}

/** Its path `/slow` takes half a second, and `/fails` answers 503. */
export async function startEchoingApi(): Promise<EchoingApi> {
  const server = createServer(({ url, headers }, response) => {
    const isRefused = ['/fails', ...api.failing].includes(url as string);
    response.writeHead(isRefused ? 503 : 200, { 'Content-Type': 'application/json' });
    setTimeout(() => response.end(JSON.stringify(headers)), url === '/slow' ? SLOW_MS : 0);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api: EchoingApi = {
    failing: [],
    async withProxy(settings, look) {
      const proxy = await startProxy(address, settings);
      try {
        await look(proxy, new TestClient(proxy.base));
      } finally {
        await proxy.stop();
      }
    },
    stop: () => server.close(),
  };
  return api;
}
