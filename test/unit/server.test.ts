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
