/** What `verify-draw` reads, and with which status it exits. */
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { hashOfTickets, orderOf } from '../../scripts/lib/draw-order.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/verify-draw.ts');
const seed = 'seed';
const seedHash = '19b25856e1c150ca834cffc8b59b23adbd0ec0389e58eb22b3b64768098d002b';
const ticketsHash = hashOfTickets([1, 2, 3]);
const items = orderOf([1, 2, 3], { seed, ticketsHash }).map((ticket, index) => ({
  ticket,
  number: 4 + index,
}));
const held = { id: 7, seed, seedHash, ticketsHash, places: 3, firstNumber: 4, cancelledAt: null };
const ahead = { ...held, seed: null, places: null, firstNumber: null, ticketsHash: null };

let server: Server;
afterEach(() => {
  server.close();
});

/** Runs the script against an API with these answers. @returns its exit status, and the paths that it read */
async function verify(
  words: string[],
  answers: Record<string, object>,
): Promise<{ status: number; read: string[] }> {
  const read: string[] = [];
  server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    read.push(path);
    response.statusCode = path in answers ? 200 : 404;
    response.end(JSON.stringify(answers[path] ?? {}));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const status = await new Promise<number>((resolve) => {
    const child = execFile(process.execPath, [SCRIPT, ...words, '--url', url]);
    child.once('exit', (code) => resolve(code ?? -1));
  });
  return { status, read };
}

test('the places are those of the draw that was read, whatever the concert has meanwhile', async () => {
  const page = { items, nextCursor: null };
  const { status, read } = await verify(['1'], {
    '/concerts/1/draw': held,
    '/draws/7/places': page,
  });
  expect(read).toEqual(['/concerts/1/draw', '/draws/7/places']);
  expect(status).toBe(0);
});

test('a draw with another order exits with 1', async () => {
  const page = { items: items.map(({ ticket }, index) => ({ ticket, number: 6 - index })) };
  const answers = { '/draws/7': held, '/draws/7/places': { ...page, nextCursor: null } };
  expect((await verify(['--draw', '7'], answers)).status).toBe(1);
});

test.each([
  ['was cancelled', { ...ahead, cancelledAt: '2026-11-27T10:00:00.000Z' }],
  ['has not happened', ahead],
])('a draw that %s is not verified, and exits with 2', async (_, draw) => {
  expect((await verify(['--draw', '7'], { '/draws/7': draw })).status).toBe(2);
});

test.each([
  ['no draw', ['--draw', '8']],
  ['no number', ['--draw', 'seven']],
])('with %s nothing is verified, and it exits with 2', async (_, words) => {
  expect((await verify(words, { '/draws/7': held })).status).toBe(2);
});
