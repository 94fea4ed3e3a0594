/** A run of the timer of draws: which steps it does, and what stops it. */
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readQueueCounters } from '../../../../../../src/db/reads/queue/counters.ts';
import { findDueDraws } from '../../../../../../workers/timers/queue/draws/due-draws.ts';
import { AT_ONCE_MAX } from '../../../../../../workers/timers/queue/draws/run-draws.ts';
import {
  comeDue,
  doNextStep,
  gathering,
  holdDraws,
} from '../../../../../support/services/draws.ts';
import { inputOf, openTestLane, type TestLane } from '../../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeEach(async () => {
  lane = await openTestLane();
});
afterEach(() => lane.stop());

/** A queue with a draw that is due, and users who gathered. */
async function queueWithDraw(...subjects: string[]): Promise<number> {
  const { concertId } = await lane.schedule();
  const queueId = await lane.queue([concertId]);
  await gathering(lane, concertId);
  const input = inputOf(queueId);
  await lane.run(...subjects.map((subject) => lane.command('enter-queue', { subject, input })));
  await comeDue(lane, queueId);
  return queueId;
}

const held = async () =>
  (
    await lane.rows<{ id: number }>(`select queue_id as id from draw where drawn_at is not null`)
  ).map(({ id }) => id);

/** The queues with a draw that is overdue. */
const overdue = async () => {
  const queues = await readQueueCounters(lane.orm);
  return queues.filter(({ drawOverdueSeconds }) => drawOverdueSeconds > 0).map(({ id }) => id);
};

test('a draw whose step fails does not stop the draws of other queues', async () => {
  const failing = await queueWithDraw('ada', 'bea');
  const other = await queueWithDraw('cem');
  expect(await doNextStep(lane)).toEqual(['close', true]);
  // No places fit, so the ranking violates a constraint.
  await lane.rows(`update draw set reserved = 0 where queue_id = ${failing}`);
  await expect(holdDraws(lane)).rejects.toThrow('draw_fits_reserved');
  expect(await held()).toEqual([other]);
  expect(await overdue()).toEqual([failing]);
  await lane.rows(`update draw set reserved = 2 where queue_id = ${failing}`);
  await holdDraws(lane);
  expect((await held()).toSorted()).toEqual([failing, other]);
  expect(await overdue()).toEqual([]);
});

test('each draw whose step fails is logged', async () => {
  const queueIds = [await queueWithDraw('ada'), await queueWithDraw('bea')];
  expect(await doNextStep(lane)).toEqual(['close', true]);
  await lane.rows(`update draw set reserved = 0 where closed_at is not null`);
  // The other one fails when it closes.
  await lane.rows(`alter table draw add constraint stays_open
    check (queue_id <> ${queueIds[1]} or closed_at is null)`);
  const lines: object[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  await expect(holdDraws(lane, log)).rejects.toThrow('draw_fits_reserved');
  const ids = await lane.rows<{ id: string }>('select id from draw order by id');
  const msg = 'A step of a draw failed; the next run retries it.';
  expect(lines).toMatchObject([
    { msg, drawId: Number(ids[0]?.id), queueId: queueIds[0], step: 'rank' },
    { msg, drawId: Number(ids[1]?.id), queueId: queueIds[1], step: 'close' },
  ]);
  await lane.rows('alter table draw drop constraint stays_open');
  await lane.rows('update draw set reserved = 1 where closed_at is not null');
  await holdDraws(lane);
});

test('a draw in which another process does a step is left to the next run', async () => {
  const busy = await queueWithDraw('ada');
  const other = await queueWithDraw('bea');
  expect(await doNextStep(lane)).toEqual(['close', true]);
  const free = await lane.lock(`select from draw where queue_id = ${busy} for no key update`);
  await holdDraws(lane);
  expect(await held()).toEqual([other]);
  await free();
  await holdDraws(lane);
  expect((await held()).toSorted()).toEqual([busy, other]);
});

test('a run does a limited number of steps, and the next one goes on', async () => {
  // Each of these draws has three steps, because nobody takes part; a run ends after two of each.
  const count = Math.floor(AT_ONCE_MAX / 2) + 1;
  for (let left = count; left > 0; left -= 1) await queueWithDraw();
  expect(await holdDraws(lane)).toEqual([]);
  const steps = (await findDueDraws(lane.orm)).map(({ step }) => step);
  expect(steps).toEqual(Array(count).fill('finish'));
  expect(await holdDraws(lane)).toHaveLength(count);
});
