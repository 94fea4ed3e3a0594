/** How the sessions of a queue end, as PostgreSQL counts them. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/db/connection/orm.ts';
import { readSessionEnds } from '../../../src/db/reads/queue/session-ends.ts';
import { openClone } from '../../support/services/database.ts';
import { databaseRows } from '../../support/services/rows.ts';

const SESSION_MS = 300_000;

let orm: Database;
let rows: ReturnType<typeof databaseRows>;
beforeAll(async () => {
  orm = await openClone();
  rows = databaseRows(orm);
});
afterAll(() => orm.close());
// After each, so that the audit of what tests left finds no entries that no command made.
afterEach(async () => {
  await rows('truncate queue_entry, app_user cascade');
});

let entries = 0;

/** Adds an entry. Times are in seconds from now; an entry without an admission waits, or has ended while it waited. */
async function entry(given: {
  queueId?: number;
  admitted?: number;
  expires?: number;
  ended?: number;
  reason?: string;
}): Promise<void> {
  const { queueId = 1, admitted, expires, ended, reason } = given;
  entries += 1;
  const at = (seconds: number | undefined) =>
    seconds === undefined ? 'null' : `statement_timestamp() + interval '${seconds} seconds'`;
  const open = admitted === undefined ? 'waiting' : 'active';
  const state = ended === undefined ? open : 'ended';
  await rows(`with someone as (insert into app_user (subject) values ('user ${entries}') returning id)
    insert into queue_entry (id, queue_id, number, user_id, state, entered_at, admitted_at, expires_at, ended_at,
      end_reason, job_id)
    select ${entries}, ${queueId}, ${entries}, id, '${state}', ${at(-900)}, ${at(admitted)}, ${at(expires)},
      ${at(ended)}, ${reason === undefined ? 'null' : `'${reason}'`}, 'test' from someone`);
}

const read = (...queueIds: number[]) => readSessionEnds(orm, { queueIds, sessionMs: SESSION_MS });

test('active sessions are counted by the second in which they expire', async () => {
  await entry({ admitted: -300, expires: -1 });
  await entry({ admitted: -300, expires: 2.9 });
  await entry({ admitted: -300, expires: 3.9 });
  await entry({ admitted: -300, expires: 3.9 });
  await entry({ queueId: 2, admitted: -300, expires: 7.5 });
  await entry({});
  const [house, other] = await read(1, 2);
  expect(house).toMatchObject({ queueId: 1, expiries: [1, 0, 1, 2] });
  expect(other).toMatchObject({ queueId: 2, expiries: [0, 0, 0, 0, 0, 0, 0, 1] });
});

test('a queue without sessions has none', async () => {
  await entry({});
  const sample = { count: 0, endedEarly: 0, lastedSeconds: 0 };
  const none = { expiries: [], recent: sample, earlier: sample };
  expect(await read(1, 9)).toEqual([
    { queueId: 1, ...none },
    { queueId: 9, ...none },
  ]);
});

test('sessions of the time of one, and those before, count with how long they lasted and whether they ended early', async () => {
  await entry({ admitted: -100, expires: 200 });
  for (const reason of ['paid', 'left', 'unclaimed']) {
    await entry({ admitted: -90, expires: 210, ended: -30, reason });
  }
  await entry({ admitted: -290, expires: -50, ended: -50, reason: 'expired' });
  await entry({ admitted: -800, expires: -500, ended: -500, reason: 'expired' });
  await entry({ admitted: -301, expires: -1, ended: -251, reason: 'paid' });
  // While waiting, and in another queue.
  await entry({ ended: -10, reason: 'left' });
  await entry({ queueId: 2, admitted: -20, ended: -10, reason: 'paid' });
  const [house] = await read(1);
  expect(house?.recent).toMatchObject({ count: 5, endedEarly: 3 });
  expect(house?.recent.lastedSeconds).toBeCloseTo(100 + 3 * 60 + 240, -1);
  expect(house?.earlier).toMatchObject({ count: 2, endedEarly: 1 });
  expect(house?.earlier.lastedSeconds).toBeCloseTo(300 + 50, -1);
});

test('of the sessions before, the last two hundred count', async () => {
  await rows(`with people as (insert into app_user (subject) select 'past ' || n from generate_series(1, 250) n returning id)
    insert into queue_entry (id, queue_id, number, user_id, state, entered_at, admitted_at, expires_at, ended_at,
      end_reason, job_id)
    select 10000 + n, 1, 10000 + n, id, 'ended', began, began, began + interval '5 minutes', began + interval '10 seconds',
      case when n <= 50 then 'left' else 'paid' end, 'test'
    from (select id, row_number() over (order by id) as n from people) numbered
    cross join lateral (select now() - interval '1 day' + n * interval '1 second' as began) times`);
  await rows(`update queue_entry set ended_at = admitted_at + interval '1 hour', end_reason = 'expired'
    where end_reason = 'left'`);
  const [house] = await read(1);
  expect(house?.earlier).toEqual({ count: 200, endedEarly: 200, lastedSeconds: 2000 });
});
