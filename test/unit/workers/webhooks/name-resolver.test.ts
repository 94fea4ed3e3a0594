/** Names of receivers: what the name server says, what the hosts file lists, and name servers that hang. */
import { lookup } from 'node:dns/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NameResolver } from '../../../../workers/webhooks/name-resolver.ts';
import { type NameServer, startNameServer } from '../../../support/name-server.ts';

/** More than the threads that libuv has for lookups. */
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

test('a name has the addresses that the name server says', async () => {
  expect(await names.addressesOf('shop.test')).toEqual([loopback]);
});

test('a name of the hosts file is not asked for', async () => {
  expect(await names.addressesOf('localhost')).toContainEqual(loopback);
  expect(await names.addressesOf('LocalHost.')).toContainEqual(loopback);
  expect(server.asked).not.toContain('localhost');
});

test('an unknown name is an error with its code', async () => {
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
