/** Admission of many queues in one transaction: none exceeds its limits, and none waits for another. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLog } from '../../../../../src/runtime/log.ts';
import { type Admitted, admit } from '../../../../../workers/timers/queue/admit.ts';
import { runAdmission } from '../../../../../workers/timers/queue/run-admission.ts';
import { comeDue, gathering as gather, holdDraws } from '../../../../support/services/draws.ts';
import { noteLine } from '../../../../support/services/note-line.ts';
import {
  inputOf,
  openTestLane,
  ADMISSION_SETTINGS as SETTINGS,
  type TestLane,
} from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeEach(async () => {
  lane = await openTestLane();
});
afterEach(() => lane.stop());

/** Queues of one concert each. */
async function queues(count: number, options: object = {}): Promise<number[]> {
  const ids: number[] = [];
  for (let made = 0; made < count; made += 1) {
    const { concertId } = await lane.schedule();
    ids.push(await lane.queue([concertId], options));
  }
  return ids;
}

const enter = (queueId: number, ...subjects: string[]) =>
  lane.run(
    ...subjects.map((subject) => lane.command('enter-queue', { subject, input: inputOf(queueId) })),
  );

const users = (count: number) => Array.from({ length: count }, (_, index) => `user ${index}`);

/** The subjects of the active entries of each queue, in the order of their numbers. */
async function active(): Promise<Record<number, string[]>> {
  const rows = await lane.rows<{ queueId: number; subjects: string[] }>(
    `select queue_id as "queueId", array_agg(subject order by number) as subjects
     from queue_entry join app_user on app_user.id = user_id where state = 'active' group by 1`,
  );
  return Object.fromEntries(rows.map(({ queueId, subjects }) => [queueId, subjects]));
}

const counts = (admitted: readonly Admitted[]) =>
  Object.fromEntries(admitted.map(({ queueId, count }) => [queueId, count]));

const lockHead = (queueId: number) =>
  lane.lock(`select 1 from queue_entry where id = (select id from queue_entry
    where queue_id = ${queueId} and state = 'waiting' order by number limit 1) for update`);

test('each queue keeps its own limit and ceiling, in one transaction', async () => {
  const [narrow = 0, small = 0] = await queues(2);
  await lane.result(
    lane.command('set-admission', {
      subject: 'operator',
      input: { queueId: narrow, admitLimit: 1 },
    }),
  );
  await lane.result(
    lane.command('set-admission', { subject: 'operator', input: { queueId: small, maxActive: 2 } }),
  );
  for (const queueId of [1, narrow, small]) await enter(queueId, ...users(5));
  const admitted = await admit(lane.orm, SETTINGS);
  expect(counts(admitted)).toEqual({ 1: 3, [narrow]: 1, [small]: 2 });
  expect(admitted.map(({ lastNumber }) => lastNumber)).toEqual([3, 1, 2]);
  const [written] = await lane.rows(
    `select count(distinct xmin::text)::int as transactions from queue_entry where state = 'active'`,
  );
  expect(written).toEqual({ transactions: 1 });
  expect(await admit(lane.orm, SETTINGS)).toEqual([]);
  expect(await active()).toEqual({ 1: users(3), [narrow]: users(1), [small]: users(2) });
});

test('four concurrent admissions exceed the limit of no queue', async () => {
  const ids = [1, ...(await queues(3))];
  for (const queueId of ids) await enter(queueId, ...users(6));
  await Promise.all([1, 2, 3, 4].map(() => admit(lane.orm, SETTINGS)));
  expect(await active()).toEqual(Object.fromEntries(ids.map((id) => [id, users(3)])));
});

test('a locked user is not overtaken, and holds up only those behind in the same queue', async () => {
  const [other = 0] = await queues(1);
  await enter(1, 'ada', 'bea', 'cem');
  await enter(other, 'ada', 'bea');
  const [{ id } = { id: 0 }] = await lane.rows<{ id: number }>(
    `select queue_entry.id from queue_entry join app_user on app_user.id = user_id
     where subject = 'bea' and queue_id = 1`,
  );
  const free = await lane.lock(`select 1 from queue_entry where id = ${id} for update`);
  const admitted = await admit(lane.orm, SETTINGS);
  expect(await active()).toEqual({ 1: ['ada'], [other]: ['ada', 'bea'] });
  expect(admitted).toMatchObject([
    { queueId: 1, count: 1, isUnfinished: true },
    { queueId: other, count: 2, isUnfinished: false },
  ]);
  await free();
  await admit(lane.orm, SETTINGS);
  expect((await active())[1]).toEqual(['ada', 'bea', 'cem']);
});

test('users behind a row that is locked for a moment are admitted in the same job, in their order', async () => {
  await enter(1, ...users(3));
  const free = await lockHead(1);
  let pauses = 0;
  await runAdmission({
    orm: lane.orm,
    settings: SETTINGS,
    onAdmitted: async () => undefined,
    log: openLog('test', 'silent'),
    async pause() {
      pauses += 1;
      await free();
    },
  });
  expect(pauses).toBe(1);
  expect((await active())[1]).toEqual(users(3));
});

test('a job gives up on a head that stays locked, and the next one admits', async () => {
  await enter(1, ...users(2));
  const free = await lockHead(1);
  let pauses = 0;
  const deps = {
    orm: lane.orm,
    settings: SETTINGS,
    onAdmitted: async () => undefined,
    log: openLog('test', 'silent'),
    async pause() {
      pauses += 1;
    },
  };
  await runAdmission(deps);
  expect(pauses).toBeGreaterThan(1);
  expect(await active()).toEqual({});
  await free();
  await runAdmission(deps);
  expect((await active())[1]).toEqual(users(2));
});

test('a queue whose row is locked, as by an operator or a draw, is left to the next run', async () => {
  const [other = 0] = await queues(1);
  await enter(1, 'ada');
  await enter(other, 'bea');
  const free = await lane.lock('select 1 from waiting_queue where id = 1 for no key update');
  await admit(lane.orm, SETTINGS);
  expect(await active()).toEqual({ [other]: ['bea'] });
  await free();
  await admit(lane.orm, SETTINGS);
  expect(await active()).toEqual({ 1: ['ada'], [other]: ['bea'] });
});

test('a queue whose row is locked for a moment is admitted in the same job', async () => {
  await enter(1, 'ada');
  const free = await lane.lock('select 1 from waiting_queue where id = 1 for no key update');
  await runAdmission({
    orm: lane.orm,
    settings: SETTINGS,
    onAdmitted: async () => undefined,
    log: openLog('test', 'silent'),
    pause: free,
  });
  expect(await active()).toEqual({ 1: ['ada'] });
});

test('pause, draw and sell-out of one queue do not stop another', async () => {
  const [paused = 0, gathering = 0, soldOut = 0] = await queues(3);
  for (const queueId of [1, paused, gathering, soldOut]) await enter(queueId, 'ada');
  await lane.result(
    lane.command('set-admission', {
      subject: 'operator',
      input: { queueId: paused, isPaused: true },
    }),
  );
  const concerts = await lane.rows<{ id: number; queueId: number }>(
    'select id, queue_id as "queueId" from concert',
  );
  const concertOf = (queueId: number) =>
    Number(concerts.find((concert) => concert.queueId === queueId)?.id);
  await gather(lane, concertOf(gathering));
  await lane.rows(`update seat set state = 'sold' where schedule_id in
    (select id from schedule where concert_id = ${concertOf(soldOut)})`);
  await admit(lane.orm, SETTINGS);
  expect(await active()).toEqual({ 1: ['ada'] });
  await lane.rows(`update seat set state = 'available'`);
  await comeDue(lane, gathering);
  expect(await holdDraws(lane)).toMatchObject([{ queueId: gathering }]);
  await admit(lane.orm, SETTINGS);
  expect(await active()).toEqual({ 1: ['ada'], [gathering]: ['ada'], [soldOut]: ['ada'] });
});

test('a draw orders the entries of its own queue, while others are admitted', async () => {
  const [drawn = 0] = await queues(1);
  await enter(drawn, ...users(6));
  await enter(1, ...users(2));
  const [concert] = await lane.rows<{ id: number }>(
    `select id from concert where queue_id = ${drawn}`,
  );
  await gather(lane, Number(concert?.id));
  await comeDue(lane, drawn);
  const free = await lockHead(drawn);
  const drawing = holdDraws(lane);
  await lane.waitForLockWaiters(1);
  await admit(lane.orm, SETTINGS);
  expect(await active()).toEqual({ 1: users(2) });
  await free();
  expect(await drawing).toMatchObject([{ queueId: drawn }]);
  const numbers = await lane.rows<{ queueId: number; numbers: number[] }>(
    `select queue_id as "queueId", array_agg(number::int order by number) as numbers
     from queue_entry group by 1 order by 1`,
  );
  expect(numbers).toEqual([
    { queueId: 1, numbers: [1, 2] },
    { queueId: drawn, numbers: [7, 8, 9, 10, 11, 12] },
  ]);
  await admit(lane.orm, SETTINGS);
  expect((await active())[drawn]).toHaveLength(3);
});

test.each([
  ['all of them', { admitLimit: 5000, maxActive: 5000 }, [1000, 1000, 500]],
  ['one less than all', { admitLimit: 2499, maxActive: 5000 }, [1000, 1000, 499]],
  ['as many as may be active', { admitLimit: 2500, maxActive: 2499 }, [1000, 1000, 499]],
])(
  'a run admits a thousand users of a queue at most, and a job %s',
  async (_, limits, expected) => {
    const settings = { ...SETTINGS, ...limits };
    await lane.rows(
      `insert into app_user (subject) select 'guest ' || n from generate_series(1, 2500) n`,
    );
    await lane.rows(`insert into queue_entry (id, queue_id, number, user_id, state, entered_at, job_id)
    select n, 1, n, id, 'waiting', now(), 'user-0_' || n
    from (select id, row_number() over (order by id) as n from app_user) numbered`);
    await lane.rows(`update queue_numbering set last_number = 2500, added = 2500`);
    const runs: number[] = [];
    await runAdmission({
      orm: lane.orm,
      settings,
      onAdmitted: async (admitted) => void runs.push(...admitted.map(({ count }) => count)),
      log: openLog('test', 'silent'),
    });
    expect(runs).toEqual(expected);
    // The audit after all tests would find no command behind these rows.
    await lane.rows('delete from queue_entry');
    await lane.rows('update queue_numbering set added = 0');
    await lane.rows('update waiting_queue set removed = 0');
    await noteLine(lane.rows);
  },
);

test('a user is admitted although the counts of the queue are wrong', async () => {
  await enter(1, 'ada');
  await lane.rows('update queue_numbering set removed = 1');
  await admit(lane.orm, SETTINGS);
  expect(await active()).toEqual({ 1: ['ada'] });
  await lane.rows('update queue_numbering set removed = 0');
});

test('a run that is asked for queues admits only to them, and ends no session', async () => {
  const [first = 0, second = 0] = await queues(2);
  for (const queueId of [1, first, second]) await enter(queueId, 'ada');
  await admit(lane.orm, SETTINGS, { queueIds: [1] });
  expect(await active()).toEqual({ 1: ['ada'] });
  await lane.rows(`update queue_entry set expires_at = now() where state = 'active'`);
  await admit(lane.orm, SETTINGS, { queueIds: [1, second], endsSessions: false });
  expect(await active()).toEqual({ 1: ['ada'], [second]: ['ada'] });
  await admit(lane.orm, SETTINGS);
  expect(await active()).toEqual({ [first]: ['ada'], [second]: ['ada'] });
});

test('a queue with more room than users is not asked for again', async () => {
  await enter(1, ...users(2));
  const admitted = await admit(lane.orm, { ...SETTINGS, admitLimit: 100_000, maxActive: 100_000 });
  expect(admitted).toEqual([
    { queueId: 1, count: 2, lastNumber: 2, skipped: 0, isUnfinished: false },
  ]);
});

test('a row that cannot be written stops its own queue only', async () => {
  const [broken = 0] = await queues(1);
  await enter(1, 'ada');
  await enter(broken, 'ada');
  await lane.rows(`alter table queue_entry add constraint broken_by_a_test
    check (queue_id <> ${broken} or state <> 'active')`);
  const told: number[] = [];
  await runAdmission({
    orm: lane.orm,
    settings: SETTINGS,
    onAdmitted: async (admitted) => void told.push(...admitted.map(({ queueId }) => queueId)),
    log: openLog('test', 'silent'),
  });
  expect(told).toEqual([1]);
  expect(await active()).toEqual({ 1: ['ada'] });
});
