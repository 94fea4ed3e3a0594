/** When a draw closes: after all commands that were accepted before its opening, and once. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeDraw } from '../../../../../../workers/timers/queue/draws/close-draw.ts';
import {
  type DueDraw,
  findDueDraws,
} from '../../../../../../workers/timers/queue/draws/due-draws.ts';
import { batchMetrics } from '../../../../../support/batches/batch-metrics.ts';
import { inHours } from '../../../../../support/http/client.ts';
import {
  comeDue,
  gathering,
  holdDraws,
  nothingPending,
} from '../../../../../support/services/draws.ts';
import {
  openTestLane,
  runToTheEnd,
  type TestLane,
} from '../../../../../support/services/test-lane.ts';

let lane: TestLane;
let concertId: number;
beforeEach(async () => {
  lane = await openTestLane();
  concertId = (await lane.schedule()).concertId;
  await gathering(lane, concertId);
});
afterEach(() => lane.stop());

const enter = (subject: string) => lane.command('enter-queue', { subject });

async function due() {
  const [draw] = await findDueDraws(lane.orm);
  if (!draw) throw new Error('No draw is due.');
  return draw;
}

const change = (subject: string, name: 'move-draw' | 'cancel-draw', input: object = {}) =>
  lane.command(name, { subject, input: { concertId, ...input } });

test('a draw is not due before its opening, nor once it is cancelled', async () => {
  expect(await findDueDraws(lane.orm)).toEqual([]);
  await lane.result(change('operator', 'cancel-draw'));
  await lane.rows(
    `update draw set opens_at = now() - interval '1 hour', gathers_at = now() - interval '2 hours'`,
  );
  expect(await findDueDraws(lane.orm)).toEqual([]);
});

test('a draw waits for commands that were accepted before its opening, for ten seconds at most', async () => {
  await comeDue(lane);
  // Whatever time has passed since.
  const draw = { ...(await due()), isOverdue: false };
  const opensAt = draw.opensAt.getTime();
  // The job is added up to a second after its command was accepted.
  expect(await closeDraw(lane.orm, draw, async () => opensAt + 999)).toBe(false);
  const away = () => Promise.reject(new Error('Redis is away.'));
  expect(await closeDraw(lane.orm, draw, away)).toBe(false);
  const hanging = () => new Promise<never>(() => undefined);
  expect(await closeDraw(lane.orm, draw, hanging), 'Redis hangs').toBe(false);
  expect(await closeDraw(lane.orm, draw, async () => opensAt + 1000)).toBe(true);
  expect(await closeDraw(lane.orm, draw, nothingPending), 'it closes once').toBe(false);
});

test('a draw closes although its lane is late, once ten seconds have passed', async () => {
  await comeDue(lane);
  await lane.rows(`update draw set opens_at = opens_at - interval '10 seconds'`);
  expect(await closeDraw(lane.orm, await due(), async () => 0)).toBe(true);
});

test('the numbers that a draw reserves are those of no user who is entering', async () => {
  await lane.run(enter('ada'), enter('bea'));
  await comeDue(lane);
  // The batch that enters a user has taken its number and waits; the close begins meanwhile.
  const free = await lane.lock('lock table command_receipt in exclusive mode');
  const faults: string[] = [];
  const note = (fault: string) => void faults.push(fault);
  const counted = { retried: note, split: (_: string, fault: string) => note(fault) };
  const metrics = batchMetrics(counted);
  const entering = runToTheEnd({ ...lane.deps, metrics }, lane.lane, [enter('late')]);
  await lane.waitForLockWaiters(1);
  const closing = closeDraw(lane.orm, await due(), nothingPending);
  await lane.waitForLockWaiters(2);
  await free();
  const [closed] = await Promise.all([closing, entering]);
  expect([closed, faults], 'neither is rolled back because of the other').toEqual([true, []]);
  await lane.run(enter('later'));
  await holdDraws(lane);
  const numbers = await lane.rows(
    `select subject, number::int, ticket::int from queue_entry join app_user on app_user.id = user_id order by number`,
  );
  expect(numbers.slice(2)).toEqual([
    { subject: 'late', number: 6, ticket: 3 },
    { subject: 'later', number: 7, ticket: null },
  ]);
});

/** The command was accepted just before the opening. */
function acceptedInTime(command: ReturnType<typeof change>, { opensAt }: DueDraw) {
  const acceptedAt = opensAt.getTime() - 1;
  return { ...command, accepted: { ...command.accepted, acceptedAt } };
}

test.each(['move-draw', 'cancel-draw'] as const)(
  'a draw that is about to close while operators change it (%s) stays open',
  async (name) => {
    await comeDue(lane);
    const draw = await due();
    const [times] = await lane.rows<{ gathersAt: Date }>(
      `select gathers_at as "gathersAt" from draw`,
    );
    const input = { gathersAt: times?.gathersAt.toISOString(), opensAt: inHours(1) };
    const command = change('operator', name, name === 'move-draw' ? input : {});
    // The batch has locked the draw, and waits; the close begins meanwhile.
    const free = await lane.lock('lock table command_receipt in exclusive mode');
    const changing = lane.outcome(acceptedInTime(command, draw));
    await lane.waitForLockWaiters(1);
    const closing = closeDraw(lane.orm, draw, nothingPending);
    await lane.waitForLockWaiters(2);
    await free();
    expect(await changing).toMatchObject({ state: 'succeeded' });
    expect(await closing).toBe(false);
    const [numbering] = await lane.rows(
      'select last_number::int, draw_closed_at from queue_numbering',
    );
    expect(numbering).toEqual({ last_number: 0, draw_closed_at: null });
  },
);

test('a draw that closes while operators cancel it is held, and they are told', async () => {
  await lane.run(enter('ada'));
  await comeDue(lane);
  const draw = await due();
  // The close has locked the draw, and waits for the entries; the command begins meanwhile.
  const free = await lane.lock('lock table queue_entry in access exclusive mode');
  const closing = closeDraw(lane.orm, draw, nothingPending);
  await lane.waitForLockWaiters(1);
  const cancelling = lane.outcome(acceptedInTime(change('operator', 'cancel-draw'), draw));
  await lane.waitForLockWaiters(2);
  await free();
  expect(await closing).toBe(true);
  expect(await cancelling).toMatchObject({ problem: { code: 'DRAW_ALREADY_STARTED' } });
  expect(await holdDraws(lane)).toHaveLength(1);
  expect(await lane.rows('select places, cancelled_at from draw')).toEqual([
    { places: 1, cancelled_at: null },
  ]);
});
