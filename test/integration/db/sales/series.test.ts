/** The steps of a performance's sales begin by the clock of its venue, also on the days on which that clock is changed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../../src/db/connection/orm.ts';
import { readSalesSeries, type Step } from '../../../../src/db/reads/sales/series.ts';
import { cloneServices } from '../../../support/services/database.ts';
import { databaseRows } from '../../../support/services/rows.ts';

const PRICE = 10;
const TABLES = ['concert', 'schedule', 'seat', 'app_user', 'app_order', 'booking'];

let orm: Database;
let rows: ReturnType<typeof databaseRows>;
beforeAll(async () => {
  const { databaseUrl } = await cloneServices();
  orm = await openDatabase({ databaseUrl, connectionsMax: 1, applicationName: 'test' });
  rows = databaseRows(orm);
  await rows(`insert into app_user (id, subject) overriding system value values (1, 'ada')`);
});
afterAll(async () => {
  // The audit after all tests would find no commands behind these rows.
  await rows(`truncate ${TABLES.join()} cascade`);
  await orm.close();
});

async function aPerformance(zone: string): Promise<number> {
  const [made] = await rows<{ id: number }>(
    `with made as (
       insert into concert (title, time_zone, created_at) values ('The Winter Gala', '${zone}', now()) returning id
     )
     insert into schedule (concert_id, booking_start_at, booking_end_at, start_at, end_at, seat_count)
     select id, now() - interval '1 day', now() + interval '1 day', now() + interval '2 days', now() + interval '3 days', 1
     from made returning id::int`,
  );
  return made?.id as number;
}

/** One order of one place, paid at that time, and refunded if `refundedAt` is given. */
async function aSale(scheduleId: number, paidAt: string, refundedAt?: string) {
  const ended = refundedAt ? `'${refundedAt}'` : 'null';
  await rows(
    `with place as (
       insert into seat (schedule_id, range_index, number, price, state)
       values (${scheduleId}, 0, 1, ${PRICE}, '${refundedAt ? 'available' : 'sold'}') returning id
     ), placed as (
       insert into app_order (id, user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at, created_at, paid_at,
         ended_at, job_id)
       overriding system value
       select place.id, 1, concert_id, schedule.id, 1, '${refundedAt ? 'refunded' : 'paid'}', ${PRICE}, '${paidAt}', '${paidAt}',
         '${paidAt}', ${ended}, 'seat-0_' || place.id
       from place cross join schedule where schedule.id = ${scheduleId} returning *
     )
     insert into booking (id, order_id, user_id, concert_id, schedule_id, seat_id, price, hold_expires_at, created_at, ended_at,
       ended_as, job_id)
     overriding system value
     select id, id, 1, concert_id, schedule_id, id, ${PRICE}, '${paidAt}', '${paidAt}', ${ended},
       ${refundedAt ? `'refunded'` : 'null'}, job_id
     from placed`,
  );
}

async function stepsOf(zone: string, step: Step, sales: readonly string[]): Promise<string[]> {
  const scheduleId = await aPerformance(zone);
  for (const sale of sales) await aSale(scheduleId, sale);
  const series = await readSalesSeries(orm, { scheduleId, step });
  expect(series?.timeZone).toBe(zone);
  return (series?.items ?? []).map(({ from, sold }) => `${from.replace(':00.000Z', 'Z')} ${sold}`);
}

describe('a day', () => {
  test('has 25 hours where summer time ends', async () => {
    const sales = [
      ...['2026-10-24T21:59Z', '2026-10-24T22:00Z', '2026-10-25T22:59Z', '2026-10-25T23:00Z'],
    ];
    expect(await stepsOf('Europe/Berlin', 'day', sales)).toEqual([
      '2026-10-23T22:00Z 1',
      '2026-10-24T22:00Z 2',
      '2026-10-25T23:00Z 1',
    ]);
  });

  test('has 23 hours where summer time begins', async () => {
    const sales = [
      ...['2026-03-28T22:59Z', '2026-03-28T23:00Z', '2026-03-29T21:59Z', '2026-03-29T22:00Z'],
    ];
    expect(await stepsOf('Europe/Berlin', 'day', sales)).toEqual([
      '2026-03-27T23:00Z 1',
      '2026-03-28T23:00Z 2',
      '2026-03-29T22:00Z 1',
    ]);
  });

  test('without sales begins at local midnight too', async () => {
    const sales = ['2026-10-24T12:00Z', '2026-10-27T12:00Z'];
    expect(await stepsOf('Europe/Berlin', 'day', sales)).toEqual([
      '2026-10-23T22:00Z 1',
      '2026-10-24T22:00Z 0',
      '2026-10-25T23:00Z 0',
      '2026-10-26T23:00Z 1',
    ]);
  });

  test('without a midnight begins at the change of the clock', async () => {
    const sales = ['2026-04-23T12:00Z', '2026-04-25T12:00Z'];
    expect(await stepsOf('Africa/Cairo', 'day', sales)).toEqual([
      '2026-04-22T22:00Z 1',
      '2026-04-23T22:00Z 0',
      '2026-04-24T21:00Z 1',
    ]);
  });

  test('with two midnights begins at the first', async () => {
    const sales = ['2026-11-01T03:30Z', '2026-11-01T04:30Z', '2026-11-01T05:30Z'];
    expect(await stepsOf('America/Havana', 'day', sales)).toEqual([
      '2026-10-31T04:00Z 1',
      '2026-11-01T04:00Z 2',
    ]);
  });

  test('that the clock skips is left out', async () => {
    const sales = ['2011-12-29T12:00Z', '2011-12-30T22:00Z'];
    expect(await stepsOf('Pacific/Apia', 'day', sales)).toEqual([
      '2011-12-29T10:00Z 1',
      '2011-12-30T10:00Z 1',
    ]);
  });
});

describe('an hour', () => {
  test('that exists twice is one step from its first moment', async () => {
    const sales = ['2026-10-24T23:30Z', '2026-10-25T00:30Z', '2026-10-25T01:30Z'];
    expect(await stepsOf('Europe/Berlin', 'hour', [...sales, '2026-10-25T02:30Z'])).toEqual([
      '2026-10-24T23:00Z 1',
      '2026-10-25T00:00Z 2',
      '2026-10-25T02:00Z 1',
    ]);
  });

  test('that exists twice begins at its first moment without sales too', async () => {
    const sales = ['2026-10-24T23:30Z', '2026-10-25T02:30Z'];
    expect(await stepsOf('Europe/Berlin', 'hour', sales)).toEqual([
      '2026-10-24T23:00Z 1',
      '2026-10-25T00:00Z 0',
      '2026-10-25T02:00Z 1',
    ]);
  });

  test('that does not exist has no step', async () => {
    const sales = ['2026-03-29T00:30Z', '2026-03-29T02:30Z'];
    expect(await stepsOf('Europe/Berlin', 'hour', sales)).toEqual([
      '2026-03-29T00:00Z 1',
      '2026-03-29T01:00Z 0',
      '2026-03-29T02:00Z 1',
    ]);
  });

  test('of which the clock skips a part counts what was sold in the rest', async () => {
    const sales = ['2026-10-03T15:00Z', '2026-10-03T15:45Z', '2026-10-03T16:00Z'];
    expect(await stepsOf('Australia/Lord_Howe', 'hour', sales)).toEqual([
      '2026-10-03T14:30Z 1',
      '2026-10-03T15:30Z 1',
      '2026-10-03T16:00Z 1',
    ]);
  });

  test('begins at the half hour of UTC where the clock does', async () => {
    expect(
      await stepsOf('Asia/Kolkata', 'hour', ['2026-06-01T12:29Z', '2026-06-01T12:30Z']),
    ).toEqual(['2026-06-01T11:30Z 1', '2026-06-01T12:30Z 1']);
  });
});

test('the newest 400 steps remain, in local time', async () => {
  const steps = await stepsOf('Europe/Berlin', 'day', ['2024-01-01T12:00Z', '2026-07-01T12:00Z']);
  expect(steps).toHaveLength(400);
  expect([steps[0], steps.at(-1)]).toEqual(['2025-05-27T22:00Z 0', '2026-06-30T22:00Z 1']);
});

test('a refund counts on the local day on which it was made', async () => {
  const scheduleId = await aPerformance('Asia/Seoul');
  await aSale(scheduleId, '2026-06-01T14:59Z', '2026-06-01T15:00Z');
  const series = await readSalesSeries(orm, { scheduleId, step: 'day' });
  expect(series?.items).toEqual([
    { from: '2026-05-31T15:00:00.000Z', sold: 1, revenue: PRICE, returned: 0, refunded: 0 },
    { from: '2026-06-01T15:00:00.000Z', sold: 0, revenue: 0, returned: 1, refunded: PRICE },
  ]);
});

test('before the first sale there are no steps, and of an unknown performance no series', async () => {
  const scheduleId = await aPerformance('Asia/Seoul');
  const empty = { timeZone: 'Asia/Seoul', items: [] };
  expect(await readSalesSeries(orm, { scheduleId, step: 'day' })).toEqual(empty);
  expect(await readSalesSeries(orm, { scheduleId: 999_999, step: 'day' })).toBeUndefined();
});

test('PostgreSQL knows each time zone that a concert can have', async () => {
  const zones = Intl.supportedValuesOf('timeZone');
  const unknown = await rows<{ zone: string }>(
    `select zone from unnest('{${zones.join()}}'::text[]) as zone
     where zone not in (select name from pg_timezone_names)`,
  );
  expect(unknown).toEqual([]);
});
