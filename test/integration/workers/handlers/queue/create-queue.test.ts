/** Creating waiting queues, and the ceiling of active users over all of them, through `runBatch`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TakenCommand } from '../../../../../workers/batch/batch.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { inHours } from '../../../../support/http/client.ts';
import {
  inLane,
  openTestLane,
  runToTheEnd,
  type TestLane,
  takeLane,
} from '../../../../support/services/test-lane.ts';

const subject = 'operator';
let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const concert = async () => (await lane.schedule()).concertId;
const create = (concertIds: readonly number[], options: object = {}) =>
  lane.command('create-queue', { subject, input: { name: 'Own', concertIds, ...options } });
const queueOf = async (concertId: number) =>
  (
    await lane.rows<{ queueId: number }>(
      `select queue_id as "queueId" from concert where id = ${concertId}`,
    )
  )[0]?.queueId;

test('succeeds: the concerts leave the house queue, and others stay', async () => {
  const [first, second, third] = [await concert(), await concert(), await concert()];
  const created = await lane.result<{ id: number }>(create([second, first], { maxActive: 7 }));
  expect(created).toMatchObject({
    name: 'Own',
    state: 'open',
    concertIds: [first, second],
    admitLimit: lane.config.admitLimit,
    admitWindowSeconds: lane.config.admitWindowMs / 1000,
    maxActive: 7,
    waiting: 0,
    active: 0,
  });
  expect(await queueOf(first)).toBe(created.id);
  expect(await queueOf(second)).toBe(created.id);
  expect(await queueOf(third)).toBe(1);
});

test('a missing concert, and one with a queue of its own, are refused, and none is moved', async () => {
  const [free, taken] = [await concert(), await concert()];
  await lane.queue([taken]);
  await expectRefusal(lane, create([free, 999_999]), {
    code: 'CONCERT_NOT_FOUND',
    concertId: 999_999,
  });
  await expectRefusal(lane, create([free, taken]), {
    code: 'CONCERT_HAS_QUEUE',
    concertId: taken,
  });
  expect(await queueOf(free)).toBe(1);
});

test('runs twice with one effect', async () => expectOneEffect(lane, create([await concert()])));

test('leaves nothing behind when a statement fails midway', async () =>
  expectNothingBehind(lane, create([await concert()]), 'update on concert'));

test('an announced draw moves with its concert, and one that gathers stays', async () => {
  const [later, now] = [await concert(), await concert()];
  const announce = (concertId: number, gathersAt: string, opensAt: string) => {
    const input = { concertId, gathersAt, opensAt };
    return lane.result(lane.command('announce-draw', { subject, input }));
  };
  await announce(later, inHours(8), inHours(9));
  await announce(now, inHours(-1), inHours(7));
  const queueId = await lane.queue([later, now]);
  const draws = await lane.rows(
    `select concert_id as "concertId", queue_id as "queueId" from draw
     where concert_id in (${later}, ${now}) order by id`,
  );
  expect(draws).toEqual([
    { concertId: later, queueId },
    { concertId: now, queueId: 1 },
  ]);
  // The concert has none in its new queue.
  await announce(now, inHours(6), inHours(7));
});

test('a draw that begins to gather while the command waits for its concert stays', async () => {
  const concertId = await concert();
  const input = { concertId, gathersAt: inHours(8), opensAt: inHours(9) };
  await lane.result(lane.command('announce-draw', { subject, input }));
  const free = await lane.lock(`select 1 from concert where id = ${concertId} for no key update`);
  const creating = lane.run(create([concertId]));
  await lane.waitForLockWaiters(1);
  await lane.rows(`update draw set gathers_at = clock_timestamp() where concert_id = ${concertId}`);
  await free();
  expect((await creating)[0]?.outcome.state).toBe('succeeded');
  const [draw] = await lane.rows(
    `select draw.queue_id as "queueId" from draw where concert_id = ${concertId}`,
  );
  expect(draw).toEqual({ queueId: 1 });
  // No command makes a draw gather earlier than others of its queue, so it ends here.
  await lane.result(lane.command('cancel-draw', { subject, input: { concertId } }));
});

test('a draw is announced for the queue of its concert, also while that changes', async () => {
  const concertId = await concert();
  const owned = await takeLane(lane.orm, 'user-2');
  const free = await lane.lock(`select 1 from concert where id = ${concertId} for no key update`);
  const creating = lane.run(create([concertId]));
  await lane.waitForLockWaiters(1);
  const input = { concertId, gathersAt: inHours(8), opensAt: inHours(9) };
  const announcing = runToTheEnd(lane.deps, owned, [
    inLane(lane.command('announce-draw', { subject, input }), owned),
  ]);
  await lane.waitForLockWaiters(2);
  await free();
  const outcomes = [...(await creating), ...(await announcing)].map(({ outcome }) => outcome.state);
  expect(outcomes).toEqual(['succeeded', 'succeeded']);
  const [draw] = await lane.rows(
    `select draw.queue_id = concert.queue_id as same from draw join concert on concert.id = concert_id
     where concert_id = ${concertId}`,
  );
  expect(draw).toEqual({ same: true });
});

describe('with MAX_ACTIVE_TOTAL', () => {
  /** Counts the ceilings of the queues of other tests. */
  async function withRoomFor(more: number): Promise<TestLane> {
    const [sum] = await lane.rows<{ total: number }>(
      `select sum(coalesce(max_active, ${lane.config.maxActive}))::int as total from waiting_queue`,
    );
    const settings = { ...lane.deps.settings, maxActiveTotal: (sum?.total ?? 0) + more };
    const limited: TestLane = Object.create(lane);
    return Object.assign(limited, { deps: { ...lane.deps, settings } });
  }
  const set = (queueId: number, maxActive: number | null) =>
    lane.command('set-admission', {
      subject,
      input: queueId === 1 ? { maxActive } : { maxActive, queueId },
    });

  test('queues may use all of it, and no more', async () => {
    const limited = await withRoomFor(10);
    const refused = { code: 'ADMISSION_CEILING_EXCEEDED' };
    await expectRefusal(limited, create([await concert()], { maxActive: 11 }), refused);
    await expectRefusal(limited, create([await concert()]), refused);
    const queueId = await limited.queue([await concert()], { maxActive: 10 });
    await expectRefusal(limited, set(queueId, 11), refused);
    await expectRefusal(limited, set(1, lane.config.maxActive + 1), refused);
    await limited.result(set(queueId, 9));
    await limited.result(set(1, lane.config.maxActive + 1));
    await limited.result(set(1, null));
  });

  test('a ceiling may be lowered while the sum is too high, and not raised', async () => {
    const queueId = await lane.queue([await concert()], { maxActive: 20 });
    const limited = await withRoomFor(-10);
    await limited.result(set(queueId, 19));
    await limited.result(set(queueId, 19));
    await expectRefusal(limited, set(queueId, 20), { code: 'ADMISSION_CEILING_EXCEEDED' });
  });

  test('two commands in different lanes do not exceed it together', async () => {
    const limited = await withRoomFor(10);
    const owned = await takeLane(lane.orm, 'user-3');
    const [one, other] = [await concert(), await concert()];
    const free = await lane.lock(`select 1 from concert where id = ${one} for no key update`);
    const run = (command: TakenCommand) =>
      runToTheEnd(limited.deps, owned, [inLane(command, owned)]);
    const creating = limited.run(create([one], { maxActive: 10 }));
    await lane.waitForLockWaiters(1);
    const setting = run(create([other], { maxActive: 10 }));
    await lane.waitForLockWaiters(2);
    await free();
    const states = [...(await creating), ...(await setting)].map(({ outcome }) => outcome.state);
    expect(states.toSorted()).toEqual(['rejected', 'succeeded']);
  });
});
