/** A page of what is on touches as few blocks among 10,000 concerts as among 100, whatever the plan knows. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/db/connection/orm.ts';
import { listEvents } from '../../../src/db/reads/catalogue/events.ts';
import { openClone } from '../../support/services/database.ts';
import { databaseRows } from '../../support/services/rows.ts';

const FEW = 100;
const MANY = 10_000;
/** PostgreSQL keeps a plan from its sixth use on. */
const WARM_UPS = 7;
/** An index on more rows is a level deeper. */
const FACTOR_MAX = 1.6;
const LIMIT = 20;
const TABLES = ['concert', 'schedule', 'draw'];

let orm: Database;
let rows: ReturnType<typeof databaseRows>;

/** Concerts up to a number: each was performed three times, and will be another three times, an hour after the concert before it. */
async function fillUpTo(count: number): Promise<void> {
  const [{ from } = { from: 0 }] = await rows<{ from: number }>(
    'select count(*)::int as from from concert',
  );
  await rows(`insert into concert (title, created_at)
    select 'Concert ' || n, now() from generate_series(${from + 1}, ${count}) n`);
  await rows(`insert into schedule (concert_id, booking_start_at, booking_end_at, start_at, end_at, seat_count, price_from, price_to)
    select id, start_at - interval '1 day', start_at, start_at, start_at + interval '2 hours', 1, 10, 20
    from concert cross join generate_series(-3, 2) as night
    cross join lateral (values (now() + (1 + id % ${MANY}) * interval '1 hour' + night * interval '3000 days')) as times(start_at)
    where id > ${from}`);
}

beforeAll(async () => {
  orm = await openClone();
  rows = databaseRows(orm);
  for (const table of TABLES) {
    await rows(`alter table ${table} set (autovacuum_enabled = off)`);
    await rows(`analyze ${table}`);
  }
});
afterAll(async () => {
  // The audit after all tests would find no commands behind these rows.
  await rows(`truncate ${TABLES.join()} cascade`);
  await orm.close();
});

type Reading = Partial<Parameters<typeof listEvents>[1]>;
const page = (reading: Reading) =>
  listEvents(orm, {
    text: '',
    from: undefined,
    to: undefined,
    after: undefined,
    limit: LIMIT,
    ...reading,
  });
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);

const READINGS: [string, Reading][] = [
  ['the first page', {}],
  ['a later page', { after: { startAtUs: inHours(30).getTime() * 1000, id: 1 } }],
  ['a page of some days', { from: inHours(40).toISOString(), to: inHours(70).toISOString() }],
];

async function blocks(): Promise<number> {
  await rows('select pg_stat_force_next_flush()');
  const [touched] = await rows<{ blocks: number }>(
    `select sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0))::int as blocks
     from pg_statio_user_tables where relname in ('${TABLES.join("', '")}')`,
  );
  return touched?.blocks ?? 0;
}

/** The blocks that a page touches, by the name of the page. */
async function blocksOfEach(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const [name, reading] of READINGS) {
    const before = await blocks();
    expect((await page(reading)).length).toBe(LIMIT + 1);
    found.set(name, (await blocks()) - before);
  }
  return found;
}

test('a page of events costs the same among 10,000 concerts as among 100', async () => {
  await fillUpTo(FEW);
  for (let count = 0; count < WARM_UPS; count += 1) await page({});
  const few = await blocksOfEach();
  await fillUpTo(MANY);
  const many = await blocksOfEach();
  for (const [name, touched] of few) {
    expect(touched, name).toBeGreaterThan(0);
    expect(many.get(name), name).toBeLessThan(touched * FACTOR_MAX);
  }
  await rows('analyze');
  await rows('discard plans');
  for (const [name, touched] of await blocksOfEach()) {
    expect(touched, `${name}, planned anew`).toBeLessThan((few.get(name) ?? 0) * FACTOR_MAX);
  }
});
