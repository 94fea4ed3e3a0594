/** What a cancelled draw leaves behind in its queue. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readQueueCounters } from '../../../../../../src/db/reads/queue/counters.ts';
import { gathering } from '../../../../../support/services/draws.ts';
import { openTestLane, type TestLane } from '../../../../../support/services/test-lane.ts';

let lane: TestLane;
let concertId: number;
beforeEach(async () => {
  lane = await openTestLane();
  concertId = (await lane.schedule()).concertId;
});
afterEach(() => lane.stop());

const cancel = (id = concertId) =>
  lane.result(lane.command('cancel-draw', { subject: 'operator', input: { concertId: id } }));

const counters = async () => (await readQueueCounters(lane.orm))[0];

test('the time until the opening is not that of a cancelled draw', async () => {
  await gathering(lane, concertId);
  expect((await counters())?.opensAt).toBeInstanceOf(Date);
  await cancel();
  expect(await counters()).toMatchObject({ isGathering: false, opensAt: null });
  const other = (await lane.schedule()).concertId;
  await gathering(lane, other);
  const [draw] = await lane.rows<{ opensAt: Date }>(
    `select opens_at as "opensAt" from draw where concert_id = ${other}`,
  );
  await lane.rows(
    `update draw set opens_at = opens_at + interval '9 hours' where concert_id = ${concertId}`,
  );
  expect(await counters()).toMatchObject({ isGathering: true, opensAt: draw?.opensAt });
});
