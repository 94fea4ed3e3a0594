/** `npm run statements`, and the extension that it reads, in the PostgreSQL that our own scripts start. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { COMPILE_CACHE } from '../../../scripts/lib/compile-cache.ts';
import { statisticsSettings } from '../../../scripts/services/statement-statistics.ts';
import { cloneServices } from '../../support/services/database.ts';

const SCRIPT = resolve(import.meta.dirname, '../../../scripts/statements.ts');

/** Runs the script. @returns what it prints, and its exit code */
function statements(databaseUrl: string, ...words: string[]) {
  const env = {
    PATH: process.env.PATH,
    ...COMPILE_CACHE,
    DATABASE_URL: databaseUrl,
    REDIS_URL: 'redis://localhost',
    JWT_SECRET: 'x'.repeat(32),
  };
  return new Promise<{ code: number; output: string; errors: string }>((done) => {
    execFile(process.execPath, [SCRIPT, ...words], { env }, (error, output, errors) =>
      done({ code: Number(error?.code ?? 0), output, errors }),
    );
  });
}

/** The server of all tests forgets the statements that are called least, once it has counted 5,000. */
const CALLS = 300;

/** Tests may run on a server of the developer, and programs of some platforms come without the library. */
const isOurs = !process.env.DATABASE_URL && Object.keys(statisticsSettings()).length > 0;

describe.runIf(isOurs)('in the embedded PostgreSQL', () => {
  let client: Client;
  let databaseUrl: string;
  beforeAll(async () => {
    ({ databaseUrl } = await cloneServices());
    client = new Client(databaseUrl);
    await client.connect();
  });
  afterAll(() => client.end());

  test('the development database has the extension', async () => {
    const development = new Client(inject('databaseUrl'));
    await development.connect();
    const { rows } = await development.query(
      'select count(*) > 0 as counts from pg_stat_statements',
    );
    await development.end();
    expect(rows).toEqual([{ counts: true }]);
  });

  test('without the extension, the script says how to create it', async () => {
    const { code, errors } = await statements(databaseUrl);
    expect(code).toBe(1);
    expect(errors).toContain('create extension pg_stat_statements');
  });

  test('statements are listed with their calls, those of this database alone', async () => {
    await client.query('create extension pg_stat_statements');
    for (let times = 0; times < CALLS; times += 1) {
      await client.query('select $1::int as of_the_test', [times]);
    }
    const { code, output } = await statements(databaseUrl, '--by', 'calls', '--limit', '500');
    expect(code).toBe(0);
    const line = `${CALLS} +[\\d.]+ +[\\d.]+ +1\\.0 {2}select \\$1::int as of_the_test`;
    expect(output).toMatch(new RegExp(line));
    const elsewhere = await statements(inject('databaseUrl'), '--limit', '1000');
    expect(elsewhere.output).not.toContain('of_the_test');
  });

  test('a reset forgets them', async () => {
    expect(await statements(databaseUrl, '--reset')).toMatchObject({ code: 0 });
    const { output } = await statements(databaseUrl, '--limit', '500');
    expect(output).not.toContain('of_the_test');
  });
});

test('an unknown order and a limit that is none are refused', async () => {
  const { code, errors } = await statements(inject('databaseUrl'), '--by', 'luck');
  expect([code, errors]).toEqual([2, expect.stringContaining('--by is total, mean or calls')]);
  expect(await statements(inject('databaseUrl'), '--limit', 'x')).toMatchObject({ code: 2 });
});
