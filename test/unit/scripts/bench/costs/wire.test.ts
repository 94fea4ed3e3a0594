/** The counting proxy passes data on unchanged, and counts it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { countStatements, Wire } from '../../../../../scripts/bench/costs/wire.ts';

/** A message of PostgreSQL's protocol: a letter, and its length with what follows. */
function message(letter: string, body = ''): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(letter), length, Buffer.from(body)]);
}

const OPENING = message('', 'user\0ada\0');

test('statements are counted wherever the stream is cut', () => {
  const sent = Buffer.concat([
    OPENING,
    message('Q', 'begin\0'),
    message('P', 'select 1\0'),
    message('B'),
    message('E', '\0'),
    message('S'),
    message('B', 'QE'),
    message('E', '\0'),
    message('S'),
  ]);
  for (const size of [1, 2, 3, 7, sent.length]) {
    const count = countStatements();
    let statements = 0;
    for (let at = 0; at < sent.length; at += size)
      statements += count(sent.subarray(at, at + size));
    expect(statements).toBe(3);
  }
});

test('a response ends a round trip, and bytes of both directions are counted', async () => {
  const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const { port } = echo.address() as AddressInfo;
  const [wire, url] = await Wire.open(`redis://127.0.0.1:${port}/0`);
  const client = connect(Number(new URL(url).port), '127.0.0.1');
  for (const said of ['ping', 'pong!']) {
    client.write(said);
    expect(String((await once(client, 'data'))[0])).toBe(said);
  }
  expect(wire.passed).toEqual({ roundTrips: 2, bytes: 18, statements: 0 });
  wire.close();
  echo.close();
  await once(client, 'close');
});
