/** The benchmarks' client on connections that break. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { LoadClient } from '../../../../scripts/bench/http-client.ts';

const CONNECTIONS = 3;
let server: Server;
let client: LoadClient;
afterEach(() => {
  client.close();
  server.closeAllConnections();
  server.close();
});

async function serve(handle: RequestListener): Promise<void> {
  server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new LoadClient((server.address() as AddressInfo).port, CONNECTIONS);
}

const get = () => client.send({ method: 'GET', path: '/' });

test('a request succeeds although the server is closing all kept-alive connections', async () => {
  const used = new Set<Socket>();
  await serve(({ socket }, response) => {
    if (used.has(socket)) socket.resetAndDestroy();
    used.add(socket);
    // The first responses are delayed, so that each request needs its own connection.
    if (used.size >= CONNECTIONS) response.end('later');
    else setTimeout(() => response.end('first'), 50);
  });
  await Promise.all(Array.from({ length: CONNECTIONS }, get));
  expect(used.size).toBe(CONNECTIONS);
  expect((await get()).text).toBe('later');
});

test('a response that breaks off rejects the request', async () => {
  await serve(({ socket }, response) => {
    response.writeHead(200, { 'Content-Length': '1000' }).write('half');
    setTimeout(() => socket.resetAndDestroy(), 10);
  });
  await expect(get()).rejects.toThrow(/aborted|ECONNRESET/);
});
