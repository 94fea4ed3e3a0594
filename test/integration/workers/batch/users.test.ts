/** New users whose first commands arrive in two lanes concurrently, and users whose rows are gone. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Remembered } from '../../../../workers/batch/remembered.ts';
import { batchMetrics } from '../../../support/batches/batch-metrics.ts';
import {
  inLane,
  openTestLane,
  runToTheEnd,
  type TestLane,
  takeLane,
} from '../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const enter = (subject: string) => lane.command('enter-queue', { subject });

const charge = (subject: string) =>
  lane.command('charge-points', { subject, input: { amount: 100 } });

const subjects = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix} ${index}`);

test('two lanes with the same new users insert one row for each', async () => {
  const lanes = [await takeLane(lane.orm, 'user-1'), await takeLane(lane.orm, 'user-2')];
  const names = subjects('newcomer', 50);
  // Each lane is a process of its own, with its own memory, and meets them in another order.
  const orders = [names, names.toReversed()];
  const finished = await Promise.all(
    lanes.map((owned, index) =>
      runToTheEnd(
        { ...lane.deps, remembered: new Remembered() },
        owned,
        (orders[index] ?? []).map((subject) => inLane(enter(subject), owned)),
      ),
    ),
  );
  expect(finished.flat().filter(({ outcome }) => outcome.state !== 'succeeded')).toEqual([]);
  const [found] = await lane.rows(
    `select count(*)::int as users, count(distinct number)::int as places
     from app_user join queue_entry on user_id = app_user.id where subject like 'newcomer %'`,
  );
  expect(found).toEqual({ users: 50, places: 50 });
});

test('a user whose row is gone, as after a failover, gets a new one and the batch succeeds', async () => {
  await lane.run(charge('lost'), charge('kept'));
  const idOf = async (subject: string) =>
    (await lane.rows<{ id: string }>(`select id from app_user where subject = '${subject}'`))[0]
      ?.id;
  const [lost, kept] = [await idOf('lost'), await idOf('kept')];
  // PostgreSQL goes back to the time before the user's first command.
  for (const table of ['command_receipt', 'point_history', 'points'])
    await lane.rows(`delete from ${table} where user_id = ${lost}`);
  await lane.rows(`delete from app_user where id = ${lost}`);
  let splits = 0;
  const split = () => {
    splits += 1;
  };
  const metrics = batchMetrics({ split });
  const finished = await runToTheEnd({ ...lane.deps, metrics }, lane.lane, [
    charge('kept'),
    charge('lost'),
  ]);
  expect(finished.map(({ outcome }) => outcome)).toMatchObject([
    { state: 'succeeded', result: { balance: 200 } },
    { state: 'succeeded', result: { balance: 100 } },
  ]);
  expect(await idOf('lost')).not.toBe(lost);
  expect(await idOf('kept')).toBe(kept);
  expect(splits, 'the batch is retried as a whole').toBe(0);
});

test('subjects that look alike are different users', async () => {
  const alike = ['Ada', 'ada', 'ada ', ' ada', 'ádá', 'a\u0301da\u0301', "ada'; --", 'ada%'];
  const finished = await lane.run(...alike.map(enter));
  const numbers = finished.map(({ outcome }) => JSON.stringify(outcome));
  expect(new Set(numbers).size).toBe(alike.length);
  const found = await lane.rows<{ subject: string }>(
    `select subject from app_user join queue_entry on user_id = app_user.id
     where subject not like 'newcomer %' and subject not in ('lost', 'kept') order by number`,
  );
  expect(found.map(({ subject }) => subject)).toEqual(alike);
});

test('cached ids are dropped with the first connection after a lost one, and only then', async () => {
  const remembered = new Remembered();
  const { users } = remembered;
  users.remember(new Map([['ada', 533]]));
  const known = async () => {
    const asked: unknown[] = [];
    const send = async (statement: unknown) => {
      asked.push(statement);
      return [{ id: 7, subject: 'ada' }];
    };
    const found = await users.find(send as never, [{ subject: 'ada' }]);
    return [found.get('ada'), asked.length];
  };
  remembered.forgetIfStale();
  expect(await known()).toEqual([533, 0]);
  remembered.markStale();
  remembered.forgetIfStale();
  expect(await known()).toEqual([7, 1]);
});
