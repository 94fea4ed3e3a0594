/** A batch: its fence, its faults, its receipts. Single commands are tested in handlers/. */
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMAND_FAILED } from '../../../../src/commands/command.ts';
import type { chargePoints } from '../../../../src/commands/points/charge-points.ts';
import type { BatchDeps } from '../../../../workers/batch/apply-batch.ts';
import { LaneLost } from '../../../../workers/batch/faults.ts';
import { runBatch } from '../../../../workers/batch/run-batch.ts';
import type { HandlerOf } from '../../../../workers/handlers/handler.ts';
import { handlers } from '../../../../workers/handlers/index.ts';
import { effects } from '../../../support/effects.ts';
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

const charge = (subject: string, amount = 100, more = {}) =>
  lane.command('charge-points', { subject, input: { amount }, ...more });

const receipts = (subject: string) =>
  lane.rows<{ state: string }>(
    `select command, state, problem ->> 'code' as code from command_receipt
     where user_id = (select id from app_user where subject = '${subject}') order by accepted_at, id`,
  );

test('a batch of a lane that was taken over changes nothing', async () => {
  const old = await takeLane(lane.orm, 'user-1');
  const next = await takeLane(lane.orm, 'user-1');
  const before = await effects(lane.rows);
  await expect(runToTheEnd(lane.deps, old, [inLane(charge('ada'), old)])).rejects.toThrow(LaneLost);
  expect(await effects(lane.rows)).toEqual(before);
  expect(await receipts('ada')).toEqual([]);
  const [finished] = await runToTheEnd(lane.deps, next, [inLane(charge('ada'), next)]);
  expect(finished?.outcome).toMatchObject({ state: 'succeeded' });
});

test('the receipts of a batch keep each outcome as it is, whatever its text holds', async () => {
  // The batch writes its outcomes as lines of one text.
  const titles = ['Two\nlines\r\n', 'A "quote" and a \\', '{"a":[1]}', 'A\u2028B'];
  const commands = titles.map((title) =>
    lane.command('create-concert', { subject: 'operator', input: { title, description: title } }),
  );
  const finished = await lane.run(...commands);
  const kept = await lane.rows<{ state: string; result: object }>(
    `select state, result from command_receipt where command = 'create-concert' order by (result ->> 'id')::int`,
  );
  expect(kept).toEqual(finished.map(({ outcome }) => outcome));
  expect(kept.map(({ result }) => result)).toEqual(
    titles.map((title) => expect.objectContaining({ title, description: title })),
  );
});

test('a batch of an unknown lane changes nothing', async () => {
  const nowhere = { ...lane.lane, name: 'user-63' as const };
  await expect(runToTheEnd(lane.deps, nowhere, [charge('nobody')])).rejects.toThrow(LaneLost);
});

test('a takeover waits for the batch in flight, which still commits', async () => {
  const old = await takeLane(lane.orm, 'user-2');
  // The batch stops at its writing, long after its fence.
  const free = await lane.lock(`lock table point_history in exclusive mode`);
  const batch = runToTheEnd(lane.deps, old, [inLane(charge('bea'), old)]);
  await lane.waitForLockWaiters(1);
  const takeover = takeLane(lane.orm, 'user-2');
  await lane.waitForLockWaiters(2);
  await free();
  expect((await batch)[0]?.outcome).toMatchObject({ state: 'succeeded' });
  expect((await takeover).epoch).toBe(old.epoch + 1);
});

test('a command whose handler throws fails alone, and the other commands take effect', async () => {
  const isBad = (amount: number) => amount === 13;
  const faulty: HandlerOf<typeof chargePoints> = {
    needs: () => ({ points: true }),
    apply(applying) {
      if (isBad(applying.command.input.amount)) throw new Error('thrown by a test');
      return handlers['charge-points'].apply(applying);
    },
  };
  const deps = { ...lane.deps, handlers: { ...handlers, 'charge-points': faulty } };
  const commands = [charge('cleo', 1), charge('cleo', 13), charge('dora', 2), charge('cleo', 3)];
  const finished = await runToTheEnd(deps, lane.lane, commands);
  expect(finished.map(({ jobId }) => jobId)).toEqual(commands.map(({ jobId }) => jobId));
  expect(finished.map(({ outcome }) => outcome)).toEqual([
    { state: 'succeeded', result: { balance: 1 } },
    COMMAND_FAILED,
    { state: 'succeeded', result: { balance: 2 } },
    { state: 'succeeded', result: { balance: 4 } },
  ]);
  expect((await receipts('cleo')).map(({ state }) => state).sort()).toEqual([
    'failed',
    'succeeded',
    'succeeded',
  ]);
});

test('a failed command stays failed when delivered again, even if it would succeed now', async () => {
  const broken = await lane.breakWrites('insert on point_history');
  const command = charge('eva');
  await lane.outcome(command).finally(() => broken.mend());
  expect(await lane.outcome(command)).toEqual(COMMAND_FAILED);
  expect(await receipts('eva')).toEqual([
    { command: 'charge-points', state: 'failed', code: 'COMMAND_FAILED' },
  ]);
});

test('a command that is accepted again keeps the times of the first', async () => {
  const command = charge('dora', 7);
  const [first] = await lane.run(command);
  const { acceptedAt } = command.accepted;
  const accepted = { ...command.accepted, acceptedAt: acceptedAt + 3_600_000 };
  const [again] = await lane.run({ ...command, accepted });
  expect(again).toMatchObject({ outcome: first?.outcome, firstAcceptedAt: acceptedAt });
  expect(Math.floor(again?.finishedAt ?? 0)).toBe(first?.finishedAt);
  const [redelivered] = await lane.run(command);
  expect(redelivered?.firstAcceptedAt).toBeUndefined();
});

test('a command with an unknown name fails alone', async () => {
  const unknown = { ...charge('fay'), name: 'paint-seat' };
  const [first, second] = await lane.run(unknown, charge('fay', 5));
  expect(first?.outcome).toEqual(COMMAND_FAILED);
  expect(second?.outcome).toMatchObject({ result: { balance: 5 } });
});

test('a batch may contain new commands and commands with receipts', async () => {
  const old = charge('gina', 1);
  await lane.run(old);
  const finished = await lane.run(charge('gina', 10), old, charge('gina', 100));
  expect(finished.map(({ outcome }) => outcome)).toMatchObject([
    { result: { balance: 11 } },
    { result: { balance: 1 } },
    { result: { balance: 111 } },
  ]);
});

test('a command that occurs twice in a batch has one effect and one outcome', async () => {
  const command = charge('fran', 5);
  const finished = await lane.run(command, command);
  expect(finished.map(({ outcome }) => outcome)).toEqual([
    { state: 'succeeded', result: { balance: 5 } },
    { state: 'succeeded', result: { balance: 5 } },
  ]);
  expect(await receipts('fran')).toHaveLength(1);
});

test('an idempotency key used in two lanes concurrently takes effect once', async () => {
  const other = await takeLane(lane.orm, 'user-3');
  for (const subject of ['kim', 'lena', 'mona', 'nora', 'olga']) {
    const mine = charge(subject, 1, { requestHash: 'one request' });
    const changed = { ...mine.accepted, requestHash: 'another request' };
    const [[here], [there]] = await Promise.all([
      lane.run(mine),
      runToTheEnd(lane.deps, other, [inLane({ ...mine, accepted: changed }, other)]),
    ]);
    const outcomes = [here, there].map((finished) => finished?.outcome);
    const refused = outcomes.find((outcome) => outcome?.state === 'rejected');
    expect(refused).toMatchObject({ problem: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect(outcomes).toContainEqual({ state: 'succeeded', result: { balance: 1 } });
    expect(await receipts(subject)).toHaveLength(1);
  }
});

test('a job whose receipt belongs to another request is refused for key reuse', async () => {
  const first = charge('hana', 1, { requestHash: 'one request' });
  await lane.run(first);
  const acceptedAt = first.accepted.acceptedAt + 60_000;
  const accepted = { ...first.accepted, requestHash: 'another request', acceptedAt };
  const [refused] = await lane.run({ ...first, accepted });
  expect(refused).toMatchObject({
    outcome: { state: 'rejected', problem: { code: 'IDEMPOTENCY_KEY_REUSED' } },
    acceptedAt,
    finishedAt: acceptedAt,
  });
});

test('the first command inserts the user’s row, with the name from the token', async () => {
  await lane.run(charge('ida', 1, { userName: 'Ida Lind' }));
  await lane.run(charge('ida', 1, { userName: 'Ida Holm' }));
  const found = await lane.rows(`select name from app_user where subject = 'ida'`);
  expect(found).toEqual([{ name: 'Ida Lind' }]);
});

test('the first command of a new user’s batch provides the name', async () => {
  await lane.run(charge('iris', 1, { userName: 'Iris Moe' }), charge('iris', 1));
  const found = await lane.rows(`select name from app_user where subject = 'iris'`);
  expect(found).toEqual([{ name: 'Iris Moe' }]);
});

test('a user whose first batch was rolled back is inserted by the next one', async () => {
  const broken = await lane.breakWrites('insert on command_receipt');
  await lane.outcome(charge('jana')).finally(() => broken.mend());
  expect(await lane.outcome(charge('jana', 7))).toMatchObject({ result: { balance: 7 } });
});

// A promise that nobody waits for when the connection goes would end the process, and fails the test run.
test.each(['enter-queue', 'leave-queue'] as const)(
  'a connection that is cut under %s costs a retry and nothing else',
  async (name) => {
    const owned = await takeLane(lane.orm, 'user-3');
    const free = await lane.lock(`select from lane where name = 'user-3' for update`);
    const batch = runToTheEnd(lane.deps, owned, [
      inLane(lane.command(name, { subject: 'kira' }), owned),
    ]);
    await lane.waitForLockWaiters(1);
    await lane.rows(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    await free();
    expect((await batch)[0]?.outcome).toMatchObject({ state: 'succeeded' });
  },
);

test('a batch with many locked keys stops early, and its untried keys count as blocked', async () => {
  const subjects = Array.from({ length: 40 }, (_, index) => `locked ${index}`);
  await lane.run(...subjects.map((subject) => charge(subject)));
  const free = await lane.lock(
    `select from points join app_user on app_user.id = user_id
     where subject like 'locked %' for update of points`,
  );
  let tries = 0;
  const counting: HandlerOf<typeof chargePoints> = {
    needs(input) {
      tries += 1;
      return handlers['charge-points'].needs(input);
    },
    apply: (applying) => handlers['charge-points'].apply(applying),
  };
  const deps = { ...lane.deps, handlers: { ...handlers, 'charge-points': counting } };
  const commands = subjects.map((subject) => charge(subject));
  const { finished, blocked } = await runBatch(deps, lane.lane, commands);
  await free();
  expect(finished).toEqual([]);
  expect(blocked).toHaveLength(40);
  // All of them once, together, and once more to group them; then a few keys.
  expect(tries).toBeLessThan(40 + 40 + 12);
  expect((await lane.run(...blocked)).map(({ outcome }) => outcome.state)).toEqual(
    subjects.map(() => 'succeeded'),
  );
});

test('each key that fails after its batch met a lock is logged', async () => {
  await lane.run(charge('ada'), charge('bea'));
  const free = await lane.lock(
    `select from points join app_user on app_user.id = user_id
     where subject in ('ada', 'bea') for update of points`,
  );
  const lines: object[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  const keyTries = { run: () => Promise.reject(new Error('broken by a test')) };
  const deps = { ...lane.deps, log, keyTries: keyTries as unknown as BatchDeps['keyTries'] };
  const running = runBatch(deps, lane.lane, [charge('ada'), charge('bea')]);
  await expect(running).rejects.toThrow('broken by a test');
  await free();
  const ofKeys = lines.filter((line) => 'err' in line).slice(1);
  const line = { lane: lane.lane.name, commands: 1, err: { message: 'broken by a test' } };
  expect(ofKeys).toMatchObject([line, line]);
});
