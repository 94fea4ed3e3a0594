/** The draws of a queue follow each other: commands that would let two of them overlap are refused, also at the same time. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checks } from '../../../../../scripts/audit/checks.ts';
import type { TakenCommand } from '../../../../../workers/batch/batch.ts';
import { expectRefusal } from '../../../../support/handler-promises.ts';
import { inHours } from '../../../../support/http/client.ts';
import { comeDue, holdDraws } from '../../../../support/services/draws.ts';
import {
  inLane,
  openTestLane,
  runToTheEnd,
  type TestLane,
  takeLane,
} from '../../../../support/services/test-lane.ts';

const subject = 'operator';
const refused = { code: 'DRAW_ALREADY_ANNOUNCED' };

let lane: TestLane;
let [first, second]: [number, number] = [0, 0];
beforeEach(async () => {
  lane = await openTestLane();
  [first, second] = [await concert(), await concert()];
});
afterEach(() => lane.stop());

const concert = async () => (await lane.schedule()).concertId;
const times = (concertId: number, from: number, to: number) => ({
  subject,
  input: { concertId, gathersAt: inHours(from), opensAt: inHours(to) },
});
const announce = (...given: Parameters<typeof times>) =>
  lane.command('announce-draw', times(...given));
const move = (...given: Parameters<typeof times>) => lane.command('move-draw', times(...given));
const cancel = (concertId: number) =>
  lane.command('cancel-draw', { subject, input: { concertId } });
const create = (...concertIds: number[]) =>
  lane.command('create-queue', { subject, input: { name: 'Own', concertIds } });

test('a draw is announced before or after another one of the queue, and not beside it', async () => {
  await lane.result(announce(first, 4, 6));
  const others = announce(second, 5, 7);
  const detail = expect.stringContaining(`that of concert ${first} in the same queue`);
  await expectRefusal(lane, others, { ...refused, detail });
  await lane.result(announce(second, 7, 8));
  await lane.queue([second]);
  await lane.result(announce(await concert(), 7, 8));
});

test('a draw that is cancelled or held is not in the way', async () => {
  await lane.result(announce(first, -2, 6));
  await expectRefusal(lane, announce(second, -1, 7), refused);
  const [, announced] = await lane.run(cancel(first), announce(second, -1, 7));
  expect(announced?.outcome.state).toBe('succeeded');
  await comeDue(lane);
  await expectRefusal(lane, announce(await concert(), -1, 7), refused);
  await holdDraws(lane);
  await lane.result(announce(await concert(), -1, 7));
});

test('a draw is moved beside no other one, and within its own time', async () => {
  await lane.result(announce(first, 4, 6));
  await lane.result(announce(second, 7, 8));
  await expectRefusal(lane, move(first, 4, 7.5), refused);
  await lane.result(move(first, 5, 6.5));
});

test('a draw that stayed in the house queue is moved beside none of that queue', async () => {
  const gathersAt = inHours(-1);
  const staying = { concertId: first, gathersAt };
  const moveTo = (hours: number) =>
    lane.command('move-draw', { subject, input: { ...staying, opensAt: inHours(hours) } });
  const input = { ...staying, opensAt: inHours(2) };
  await lane.result(lane.command('announce-draw', { subject, input }));
  await lane.result(announce(second, 3, 4));
  await lane.queue([first]);
  await expectRefusal(lane, moveTo(3.5), refused);
  await lane.result(moveTo(2.5));
  await lane.result(announce(first, 3, 4));
});

test('draws of an older version that overlap do not come into a new queue together', async () => {
  await lane.result(announce(first, 4, 6));
  await lane.result(announce(second, 7, 8));
  const check = checks.find(({ promise }) => promise.startsWith('Draws of a queue'));
  const wrong = () => lane.rows(String(check?.wrong));
  expect(await wrong()).toEqual([]);
  await lane.rows("update draw set gathers_at = gathers_at - interval '2 hours'");
  await lane.rows(`update draw set opens_at = opens_at + interval '2 hours'`);
  expect(await wrong()).toHaveLength(1);
  await lane.rows('update draw set draws_all_waiting = true');
  expect(await wrong()).toEqual([]);
  await expectRefusal(lane, create(first, second), refused);
  await lane.result(create(second));
});

test.each<[string, () => TakenCommand, () => TakenCommand]>([
  ['announcements', () => announce(first, 4, 6), () => announce(second, 5, 7)],
  ['moves', () => move(first, 4, 6), () => move(second, 5, 7)],
])('of two %s in two lanes that would overlap one is refused', async (name, one, other) => {
  if (name === 'moves') {
    await lane.result(announce(first, 1, 2));
    await lane.result(announce(second, 2, 3));
  }
  const owned = await takeLane(lane.orm, 'user-2');
  // The batch of the first lane has read the draws, or is about to, and waits.
  const free = await lane.lock('lock table command_receipt in exclusive mode');
  const running = lane.run(one());
  await lane.waitForLockWaiters(1);
  const others = runToTheEnd(lane.deps, owned, [inLane(other(), owned)]);
  await lane.waitForLockWaiters(2);
  await free();
  const outcomes = [...(await running), ...(await others)].map(({ outcome }) => outcome);
  expect(outcomes).toMatchObject([{ state: 'succeeded' }, { state: 'rejected', problem: refused }]);
});
