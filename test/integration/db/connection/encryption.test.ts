/** Connections to PostgreSQL are encrypted as the address says: those of the pool, and those that watch and own lanes. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../../src/db/connection/orm.ts';
import { refuseSharedSessions } from '../../../../workers/lanes/owner-session.ts';
import { CERTIFICATE, openTlsFront, type TlsFront } from '../../../support/network/tls-front.ts';
import { cloneServices } from '../../../support/services/database.ts';

let front: TlsFront;
const opened: Database[] = [];
beforeAll(async () => {
  front = await openTlsFront((await cloneServices()).databaseUrl);
});
afterAll(async () => {
  for (const orm of opened) await orm.close();
  await front.stop();
});

const VERIFIED = `?sslmode=verify-full&sslrootcert=${encodeURIComponent(CERTIFICATE)}`;

/** Sends a statement over a pool whose address has these parameters. */
async function ask(parameters: string): Promise<number | undefined> {
  const databaseUrl = `${front.url}${parameters}`;
  const orm = await openDatabase({ databaseUrl, connectionsMax: 1, applicationName: 'tls-test' });
  opened.push(orm);
  const { rows } = await sql<{ n: number }>`select 1 as n`.execute(orm.em.getKysely());
  return rows[0]?.n;
}

test('a pool encrypts its connections if the address says so', async () => {
  const before = { ...front.counts };
  expect(await ask(VERIFIED)).toBe(1);
  expect(front.counts).toEqual({ encrypted: before.encrypted + 1, plain: before.plain });
});

test('a certificate that no known authority has signed is refused', async () => {
  await expect(ask('?sslmode=verify-full')).rejects.toThrow('self-signed certificate');
});

test('a pool whose address does not say so does not encrypt', async () => {
  const before = front.counts.plain;
  await expect(ask('')).rejects.toThrow();
  expect(front.counts.plain).toBe(before + 1);
});

test('the sessions that own lanes are encrypted too', async () => {
  const before = { ...front.counts };
  await refuseSharedSessions(`${front.url}${VERIFIED}`);
  expect(front.counts).toEqual({ encrypted: before.encrypted + 2, plain: before.plain });
});
