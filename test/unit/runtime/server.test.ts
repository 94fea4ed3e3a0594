/** How the HTTP server ends. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { closeServer, listenOn, PortUnusable } from '../../../src/runtime/server.ts';

test('a port in use is refused with a sentence that names its setting', async () => {
  const answer = () => new Response('here');
  const { server, port } = await listenOn(0, answer);
  const second = listenOn(port, answer, { setting: 'WORKER_PORT' });
  await expect(second).rejects.toBeInstanceOf(PortUnusable);
  await expect(second).rejects.toThrow(
    `Port ${port} is in use by another program. Set WORKER_PORT`,
  );
  await closeServer(server);
});

test('an idle connection does not delay the shutdown', async () => {
  const { server, port } = await listenOn(0, () => new Response('here'));
  const reserve = connect(port, '127.0.0.1');
  await once(reserve, 'connect');
  const ended = once(reserve, 'close');
  await closeServer(server);
  await ended;
});

test('a request in flight gets its response before the shutdown', async () => {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const { promise: go, resolve: answer } = Promise.withResolvers<void>();
  const { server, port } = await listenOn(0, async () => {
    arrive();
    await go;
    return new Response('here');
  });
  const asked = fetch(`http://127.0.0.1:${port}`);
  await arrived;
  const closed = closeServer(server);
  answer();
  expect(await (await asked).text()).toBe('here');
  await closed;
});

const TIMEOUTS = { requestTimeout: 400, headersTimeout: 200, connectionsCheckingInterval: 50 };

/** Waits until the connection is closed in any way: the server may close it while the client still sends. */
function untilClosed(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.on('close', () => resolve());
  });
}

/** The response of the server to these bytes until it closes the connection. */
async function answerTo(
  bytes: string,
  onRequest: (request: Request) => Response | Promise<Response>,
) {
  const { server, port } = await listenOn(0, onRequest, {
    refuse: (why) => new Response(why, { status: why === 'tooSlow' ? 408 : 400 }),
    timeouts: TIMEOUTS,
  });
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.setEncoding('latin1').on('data', (part) => {
    received += part;
  });
  const closed = untilClosed(socket);
  socket.write(bytes, 'latin1');
  await closed;
  await closeServer(server);
  return received;
}

/** A handler that fails if the body does not arrive. */
const reading = async (request: Request) =>
  new Response(await request.text().catch(() => 'gave up'), { status: 400 });
const never = () => Promise.withResolvers<Response>().promise;
const CLOSE = 'Connection: close\r\n';

test.each([
  ['a host that cannot be read', `GET / HTTP/1.1\r\nHost: a b/c?d#e\r\n${CLOSE}\r\n`],
  ['no host', `GET / HTTP/1.1\r\n${CLOSE}\r\n`],
  ['a header without a name', `GET / HTTP/1.1\r\nHost: a\r\n: b\r\n${CLOSE}\r\n`],
  ['no HTTP at all', '\x16\x03\x01\x02\0'],
])('a request with %s is refused with a body', async (_what, bytes) => {
  const answer = await answerTo(bytes, () => new Response('here'));
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*malformed$/);
});

test('a request of HTTP/1.0 needs no host', async () => {
  const answer = await answerTo('GET /health HTTP/1.0\r\n\r\n', ({ url }) => new Response(url));
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*http:\/\/localhost\/health$/);
});

const HALF_A_BODY = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12';

test.each([
  ['headers do not arrive in time', 'GET / HTTP/1.1\r\nHost: a\r\nX: ', never],
  ['body does not arrive in time', HALF_A_BODY, never],
  ['body does not arrive while it is read', HALF_A_BODY, reading],
])('a request whose %s is answered once, and cut off', async (_part, bytes, onRequest) => {
  const answer = await answerTo(bytes, onRequest);
  expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*tooSlow$/);
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test('a client that continues to send after a refusal is disconnected', async () => {
  const { server, port } = await listenOn(0, never, { timeouts: TIMEOUTS });
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const closed = untilClosed(socket);
  const sending = setInterval(() => socket.write('x'), 20);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nX: ');
  socket.resume();
  await closed;
  clearInterval(sending);
  await closeServer(server);
});

test('a response in flight is not overwritten', async () => {
  const bytes = `GET / HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n`;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const answer = await answerTo(bytes, () => {
    void writable.getWriter().write(new TextEncoder().encode('begun'));
    return new Response(readable);
  });
  expect(answer).not.toContain('malformed');
});
