/** How the HTTP server ends. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { closeServer, listenOn } from '../../src/server.ts';

test('a connection that a client keeps in reserve holds up no end', async () => {
  const { server, port } = await listenOn(0, () => new Response('here'));
  const reserve = connect(port, '127.0.0.1');
  await once(reserve, 'connect');
  const ended = once(reserve, 'close');
  await closeServer(server);
  await ended;
});

test('a request under way is answered first', async () => {
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

/** What the server answers to these bytes until it ends the connection. */
async function answerTo(bytes: string, onRequest: () => Response | Promise<Response>) {
  const { server, port } = await listenOn(0, onRequest, {
    refuse: (why) => new Response(why, { status: why === 'tooSlow' ? 408 : 400 }),
    timeouts: TIMEOUTS,
  });
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.setEncoding('latin1').on('data', (part) => {
    received += part;
  });
  socket.on('error', () => undefined).write(bytes, 'latin1');
  await once(socket, 'close');
  await closeServer(server);
  return received;
}

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

test.each([
  ['headers', 'GET / HTTP/1.1\r\nHost: a\r\nX: '],
  ['body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12'],
])('a request whose %s do not arrive in time is cut off with a body', async (_part, bytes) => {
  const answer = await answerTo(bytes, never);
  expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*tooSlow$/);
});

test('an answer that is on its way is not written into', async () => {
  const bytes = `GET / HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n`;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const answer = await answerTo(bytes, () => {
    void writable.getWriter().write(new TextEncoder().encode('begun'));
    return new Response(readable);
  });
  expect(answer).not.toContain('malformed');
});
