/** An API behind the proxy in tests: it answers with the headers that reached it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TestClient } from '../http/client.ts';
import { type ProxySettings, startProxy, type TestProxy } from './proxy.ts';

export interface EchoingApi {
  /** The paths that answer 503, beside `/fails`. */
  failing: string[];
  /** Lets the requests for `/slow` have their answers. */
  release(): void;
  /** Runs `look` with a proxy in front of it. */
  withProxy(
    settings: ProxySettings,
    look: (proxy: TestProxy, client: TestClient) => Promise<void>,
  ): Promise<void>;
  stop(): void;
}

/** Its path `/slow` waits for `release`, and `/fails` answers 503. */
export async function startEchoingApi(): Promise<EchoingApi> {
  const waiting: (() => void)[] = [];
  const server = createServer(({ url, headers }, response) => {
    const isRefused = ['/fails', ...api.failing].includes(url as string);
    response.writeHead(isRefused ? 503 : 200, { 'Content-Type': 'application/json' });
    const answer = () => response.end(JSON.stringify(headers));
    if (url === '/slow') waiting.push(answer);
    else answer();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api: EchoingApi = {
    failing: [],
    release() {
      for (const answer of waiting.splice(0)) answer();
    },
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
