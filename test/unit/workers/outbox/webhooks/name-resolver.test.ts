/** Resolving receivers’ names: name servers, the hosts file, and name servers that hang. */
import { lookup } from 'node:dns/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NameResolver } from '../../../../../workers/outbox/webhooks/name-resolver.ts';
import { type NameServer, startNameServer } from '../../../../support/name-server.ts';

/** More than the number of libuv’s lookup threads. */
const HANGING = 20;
const loopback = { address: '127.0.0.1', family: 4 };
let server: NameServer;
let names: NameResolver;

beforeAll(async () => {
  server = await startNameServer((name) => {
    if (name === 'shop.test') return '127.0.0.1';
    return name.endsWith('.hangs.test') ? 'no reply' : 'not found';
  });
  names = new NameResolver([server.address]);
});
afterAll(() => server.stop());

test('a name resolves to the addresses from the name server', async () => {
  expect(await names.addressesOf('shop.test')).toEqual([loopback]);
});

test('a name in the hosts file is not looked up', async () => {
  expect(await names.addressesOf('localhost')).toContainEqual(loopback);
  expect(await names.addressesOf('LocalHost.')).toContainEqual(loopback);
  expect(server.asked).not.toContain('localhost');
});

test('an unknown name causes an error with its code', async () => {
  await expect(names.addressesOf('nobody.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

test('names whose name server hangs delay neither other names nor other lookups, and time out', async () => {
  const hanging = Array.from({ length: HANGING }, (_, place) =>
    names.addressesOf(`shop-${place}.hangs.test`),
  );
  const settled: string[] = [];
  const outcomes = Promise.allSettled(hanging).finally(() => settled.push('hanging names'));
  expect(await names.addressesOf('shop.test')).toEqual([loopback]);
  expect(await lookup('localhost', 4)).toEqual(loopback);
  expect(settled).toEqual([]);
  const codes = (await outcomes).map((each) => each.status === 'rejected' && each.reason.code);
  expect(new Set(codes)).toEqual(new Set(['ETIMEOUT']));
});
