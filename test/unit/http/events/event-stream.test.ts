/** Streams over real sockets: what happens to clients that do not read. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import { expect, onTestFinished, test } from 'vitest';
import type { EventStream } from '../../../../src/http/events/event-stream.ts';
import { EventStreams } from '../../../../src/http/events/event-streams.ts';
import { toEvent } from '../../../../src/http/events/wire-event.ts';
import { closeServer, listenOn } from '../../../../src/runtime/server.ts';
import { waitFor } from '../../../support/wait-for.ts';

/** A server with one route, and a client that has read the headers of the response and nothing else. */
async function aStalledStream(heartbeatMs: number) {
  const streams = new EventStreams({ max: 1, perUser: 1 }, heartbeatMs);
  const opened = Promise.withResolvers<EventStream>();
  const app = new Hono();
  app.get('/', (c) => {
    const stream = streams.open(c, 'ada');
    opened.resolve(stream);
    return stream.respond();
  });
  const { server, port } = await listenOn(0, app.fetch);
  const socket = connect(port, '127.0.0.1', () =>
    socket.write('GET / HTTP/1.1\r\nHost: t\r\n\r\n'),
  );
  onTestFinished(async () => {
    socket.destroy();
    streams.stop();
    await closeServer(server);
  });
  const stream = await opened.promise;
  await once(socket, 'readable');
  socket.pause();
  return { streams, stream, socket };
}

const big = toEvent({ name: 'big', data: { text: 'x'.repeat(64 * 1024) } });
const ONE_HOUR_MS = 3_600_000;

async function untilHeldBack(stream: EventStream, socket: Socket): Promise<void> {
  await waitFor('the buffers of the system are full', () => {
    if (!stream.isClosed && stream.unsentBytes === 0) stream.send(big);
    return stream.unsentBytes > 0 || socket.destroyed;
  });
}

test('a client that does not read is disconnected before its buffer grows large', async () => {
  const { streams, stream, socket } = await aStalledStream(ONE_HOUR_MS);
  let unsentMax = 0;
  await waitFor('the client is disconnected', () => {
    stream.send(big);
    unsentMax = Math.max(unsentMax, stream.unsentBytes);
    return stream.isClosed;
  });
  expect(unsentMax).toBeLessThan(400 * 1024);
  expect(streams.limit.open).toBe(0);
  expect(socket.destroyed).toBe(false);
});

test('a client that reads nothing between two heartbeats is disconnected', async () => {
  const { streams, stream, socket } = await aStalledStream(60);
  await untilHeldBack(stream, socket);
  await waitFor('the client is disconnected', () => stream.isClosed);
  expect(streams.limit.open).toBe(0);
});

test('every stream gets heartbeats from the one timer of the process', async () => {
  const { stream, socket } = await aStalledStream(60);
  let received = '';
  socket.on('data', (part) => {
    received += part;
  });
  socket.resume();
  await waitFor('two heartbeats', () => received.split(': heartbeat').length > 2);
  expect(stream.isClosed).toBe(false);
});
