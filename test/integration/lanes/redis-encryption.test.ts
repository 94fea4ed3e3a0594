/** Connections to Redis are encrypted with `rediss://`, and its certificate is checked. */

import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectFailingFast } from '../../../src/lanes/redis/redis.ts';
import { openLog } from '../../../src/runtime/log.ts';
import { CERTIFICATE, openTlsFront, type TlsFront } from '../../support/network/tls-front.ts';
import { cloneServices } from '../../support/services/database.ts';
import { waitFor } from '../../support/wait-for.ts';

const known = getCACertificates('default');
let front: TlsFront;
beforeAll(async () => {
  front = await openTlsFront((await cloneServices()).redisUrl);
});
afterAll(async () => {
  setDefaultCACertificates(known);
  await front.stop();
});

const connect = () =>
  connectFailingFast(front.url.replace('redis:', 'rediss:'), openLog('test', 'silent')) as Redis;

test('the certificate of an unknown authority is refused', async () => {
  const redis = connect();
  const errors: Error[] = [];
  redis.on('error', (error) => errors.push(error));
  await waitFor('an error', () => errors.length > 0);
  redis.disconnect();
  expect(errors[0]?.message).toContain('self-signed certificate');
});

test('calls and duplicates are encrypted', async () => {
  setDefaultCACertificates([...known, readFileSync(CERTIFICATE, 'utf8')]);
  const before = front.counts.encrypted;
  const redis = connect();
  await waitFor('a connection', () => redis.status === 'ready');
  const other = redis.duplicate();
  expect(await redis.ping()).toBe('PONG');
  await waitFor('the duplicate', () => other.status === 'ready');
  expect(await other.ping()).toBe('PONG');
  expect(front.counts.encrypted).toBe(before + 2);
  for (const each of [redis, other]) each.disconnect();
});
