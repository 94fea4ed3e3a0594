/** The load's own HTTP client against the server of Node.js. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WireClient } from '../../../../../../scripts/bench/sale/load/wire-client.ts';
import { readResponse } from '../../../../../../scripts/bench/sale/load/wire-response.ts';

const CONNECTIONS = 3;
let server: Server;
let client: WireClient;
afterEach(() => {
  client.close();
  server.closeAllConnections();
  server.close();
});

async function serve(handle: RequestListener): Promise<void> {
  server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new WireClient((server.address() as AddressInfo).port, CONNECTIONS);
}

test('requests with bodies arrive whole, and responses of both kinds are read', async () => {
  await serve(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const text = `${request.method} ${request.headers.prefer} ${Buffer.concat(parts)}`;
    if (request.url === '/whole') response.end(text);
    else {
      // Without a length, the server sends chunks.
      response.write(text.slice(0, 5));
      response.end(text.slice(5));
    }
  });
  const send = (path: string) =>
    client.send({ method: 'POST', path, headers: 'Prefer: wait=1\r\n', body: { name: 'Seóul' } });
  for (const path of ['/whole', '/chunks']) {
    expect(await send(path)).toMatchObject({ status: 200, text: 'POST wait=1 {"name":"Seóul"}' });
  }
});

test('more requests than connections wait, and all get their own response', async () => {
  const sockets = new Set<Socket>();
  await serve((request, response) => {
    sockets.add(request.socket);
    setTimeout(() => response.end(request.url), 5);
  });
  const paths = Array.from({ length: 20 }, (_, index) => `/${index}`);
  const all = await Promise.all(paths.map((path) => client.send({ method: 'GET', path })));
  expect(all.map(({ text }) => text)).toEqual(paths);
  expect(sockets.size).toBe(CONNECTIONS);
  expect(client.waitingMax).toBe(paths.length - CONNECTIONS);
});

test('a request is sent again if the server has closed the kept-alive connection', async () => {
  const used = new Set<Socket>();
  await serve(({ socket }, response) => {
    if (used.has(socket)) {
      socket.resetAndDestroy();
      return;
    }
    used.add(socket);
    response.end('ok');
  });
  for (let times = 0; times < 3; times += 1) {
    expect((await client.send({ method: 'GET', path: '/' })).text).toBe('ok');
  }
});

test('a response that breaks off rejects the request, and the next one gets a new connection', async () => {
  let times = 0;
  await serve(({ socket }, response) => {
    times += 1;
    if (times > 1) {
      response.end('ok');
      return;
    }
    response.writeHead(200, { 'Content-Length': '1000' }).write('half');
    setTimeout(() => socket.destroy(), 10);
  });
  await expect(client.send({ method: 'GET', path: '/' })).rejects.toThrow('closed');
  expect((await client.send({ method: 'GET', path: '/' })).text).toBe('ok');
});

test('bytes that end within a response are no response yet', async () => {
  await serve((_, response) => response.end());
  const whole = Buffer.from(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
  );
  for (let end = 0; end < whole.length; end += 1) {
    expect(readResponse(whole.subarray(0, end))).toBeUndefined();
  }
  expect(readResponse(whole)).toMatchObject({ text: 'abcde', end: whole.length });
});
