/** Which of the draws of a queue is read for a concert. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDraw } from '../../../../../../src/db/reads/queue/draws.ts';
import { inHours } from '../../../../../support/http/client.ts';
import { comeDue, gathering, holdDraws } from '../../../../../support/services/draws.ts';
import { openTestLane, type TestLane } from '../../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

test('the concert’s own draw that is to come, then one that gathers, then its own that was held', async () => {
  const create = async (title: string) => {
    const command = lane.command('create-concert', { subject: 'operator', input: { title } });
    return (await lane.result<{ id: number }>(command)).id;
  };
  const [held, ahead, other, none] = [
    await create('Held'),
    await create('Ahead'),
    await create('Other'),
    await create('None'),
  ];
  const read = () =>
    Promise.all([held, ahead, none].map(async (id) => (await findDraw(lane.orm, id))?.concertId));
  await gathering(lane, held);
  expect(await read()).toEqual([held, held, held]);
  await comeDue(lane);
  await holdDraws(lane);
  const input = { concertId: ahead, gathersAt: inHours(24), opensAt: inHours(25) };
  await lane.result(lane.command('announce-draw', { subject: 'operator', input }));
  expect(await read()).toEqual([held, ahead, ahead]);
  await gathering(lane, other);
  expect(await read()).toEqual([other, ahead, other]);
});
