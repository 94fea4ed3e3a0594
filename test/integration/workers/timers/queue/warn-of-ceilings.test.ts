/** What a worker says at its start if the queues may have more active users than the setting allows. */
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { warnOfCeilings } from '../../../../../workers/timers/queue/warn-of-ceilings.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

test.each([
  [{ maxActive: 10, maxActiveTotal: 0 }, []],
  [{ maxActive: 10, maxActiveTotal: 10 }, []],
  [
    { maxActive: 10, maxActiveTotal: 9 },
    [
      expect.stringContaining(
        'MAX_ACTIVE_TOTAL is 9, but all queues together may have 10 active users.',
      ),
    ],
  ],
])('with %o it says %o', async (settings, said) => {
  const lines: string[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line).msg) });
  await warnOfCeilings(lane.orm, settings, log);
  expect(lines).toEqual(said);
});

test('ceilings may add up to more than 32 bits hold', async () => {
  await lane.queue([(await lane.schedule()).concertId]);
  await lane.rows('update waiting_queue set max_active = 2147483647');
  const lines: string[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line).msg) });
  await warnOfCeilings(lane.orm, { maxActive: 10, maxActiveTotal: 0 }, log);
  await warnOfCeilings(lane.orm, { maxActive: 10, maxActiveTotal: 2_147_483_647 }, log);
  expect(lines).toEqual([expect.stringContaining('may have 4294967294 active users')]);
});
