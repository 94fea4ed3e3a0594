/** Who takes part in a draw, which numbers they get, and who comes before and after them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { drawChecks } from '../../../../../../scripts/audit/draw-checks.ts';
import { lineChecks } from '../../../../../../scripts/audit/line-checks.ts';
import {
  faultsOfDraw,
  orderOf,
  type PublishedDraw,
  type PublishedPlace,
} from '../../../../../../scripts/lib/draw-order.ts';
import { findDraw, listDrawnEntries } from '../../../../../../src/db/reads/queue/draws.ts';
import { prune } from '../../../../../../workers/timers/prune.ts';
import { admit } from '../../../../../../workers/timers/queue/admit.ts';
import { inHours } from '../../../../../support/http/client.ts';
import {
  comeDue,
  doNextStep,
  gathering,
  holdDraws,
} from '../../../../../support/services/draws.ts';
import {
  inputOf,
  openTestLane,
  ADMISSION_SETTINGS as SETTINGS,
  type TestLane,
} from '../../../../../support/services/test-lane.ts';

let lane: TestLane;
let concertId: number;
beforeEach(async () => {
  lane = await openTestLane();
  concertId = (await lane.schedule()).concertId;
});
afterEach(async () => {
  for (const { promise, wrong } of [...drawChecks, ...lineChecks]) {
    expect(await lane.rows(wrong), promise).toEqual([]);
  }
  await lane.stop();
});

const users = (count: number, name = 'user') =>
  Array.from({ length: count }, (_, index) => `${name} ${index}`);

const enter = (...subjects: string[]) =>
  lane.run(...subjects.map((subject) => lane.command('enter-queue', { subject })));

/** @param acceptedAt such as `now() - interval '1 hour'`; until when users had a request accepted */
const accepted = (acceptedAt: string, ...subjects: string[]) =>
  lane.rows(`update queue_entry set accepted_at = ${acceptedAt} from app_user
    where user_id = app_user.id and subject in (${subjects.map((each) => `'${each}'`).join()})`);

const leave = (subject: string, acceptedAt = Date.now()) =>
  lane.run(lane.command('leave-queue', { subject, acceptedAt }));

/** The waiting users of a queue in the order of their numbers. */
async function line(queueId = 1): Promise<string[]> {
  const rows = await lane.rows<{ subject: string }>(`
    select subject from queue_entry join app_user on app_user.id = user_id
    where state = 'waiting' and queue_id = ${queueId} order by number`);
  return rows.map(({ subject }) => subject);
}

interface Entry {
  subject: string;
  number: number;
  ticket: number | null;
  drawId: number | null;
}

async function entries(): Promise<Entry[]> {
  return lane.rows(`select subject, number::int, ticket::int, draw_id::int as "drawId"
    from queue_entry join app_user on app_user.id = user_id order by number`);
}

/** A draw as anyone can read it. */
async function published(id = concertId): Promise<[PublishedDraw, PublishedPlace[]]> {
  const draw = await findDraw(lane.orm, id);
  if (!draw?.drawnAt) throw new Error('The draw is not held.');
  const places = await listDrawnEntries(lane.orm, { draw, after: 0, limit: 1000 });
  return [draw as PublishedDraw, places];
}

test('the order of the users who gathered follows from the seed and their tickets', async () => {
  await gathering(lane, concertId);
  await enter(...users(12));
  await comeDue(lane);
  expect(await holdDraws(lane)).toHaveLength(1);
  const [draw, places] = await published();
  expect(faultsOfDraw(draw, places)).toEqual([]);
  const tickets = Array.from({ length: 12 }, (_, index) => index + 1);
  expect(places.map(({ ticket }) => ticket)).toEqual(orderOf(tickets, draw));
  expect(places.map(({ number }) => number)).toEqual(tickets.map((ticket) => 12 + ticket));
  expect((await entries()).map(({ ticket, number }) => ({ ticket, number }))).toEqual(places);
});

test('who waited before is ahead of the drawn users, and who entered after the opening behind', async () => {
  await gathering(lane, concertId);
  await enter(...users(2, 'early'), ...users(5), ...users(3, 'late'));
  await comeDue(lane);
  await accepted(`now() - interval '2 hours'`, ...users(2, 'early'));
  await accepted('now()', ...users(3, 'late'));
  await doNextStep(lane);
  await enter('later');
  await holdDraws(lane);
  const found = await line();
  expect(found.slice(0, 2)).toEqual(users(2, 'early'));
  expect(found.slice(2, 7).toSorted()).toEqual(users(5));
  expect(found.slice(7)).toEqual([...users(3, 'late'), 'later']);
  const [draw, places] = await published();
  expect(faultsOfDraw(draw, places)).toEqual([]);
  expect(places.map(({ ticket }) => ticket).toSorted()).toEqual([3, 4, 5, 6, 7]);
  const late = (await entries()).filter(({ subject }) => /late \d/.test(subject));
  expect(late).toMatchObject([8, 9, 10].map((ticket) => ({ ticket, drawId: null })));
});

test('a draw that an older version announced draws those who waited before too', async () => {
  await gathering(lane, concertId);
  await enter(...users(4), 'early', 'late');
  await lane.rows('update draw set draws_all_waiting = true');
  await comeDue(lane);
  await accepted(`now() - interval '2 hours'`, 'early');
  await accepted('now()', 'late');
  await holdDraws(lane);
  const [draw, places] = await published();
  expect(faultsOfDraw(draw, places)).toEqual([]);
  expect(places.map(({ ticket }) => ticket).toSorted()).toEqual([1, 2, 3, 4, 5]);
  expect((await line()).at(-1)).toBe('late');
});

test('a drawn user keeps the order, whatever draws follow', async () => {
  const other = (await lane.schedule()).concertId;
  await gathering(lane, concertId);
  await enter(...users(6));
  await comeDue(lane);
  await holdDraws(lane);
  const drawn = await line();
  const before = await entries();
  await gathering(lane, other);
  await enter(...users(6, 'next'));
  await comeDue(lane);
  await holdDraws(lane);
  expect((await line()).slice(0, 6)).toEqual(drawn);
  expect((await entries()).slice(0, 6)).toEqual(before);
  const [, places] = await published(other);
  expect(places).toHaveLength(6);
  expect(faultsOfDraw(...(await published(other)))).toEqual([]);
  expect(faultsOfDraw(...(await published(concertId)))).toEqual([]);
});

test('a draw can be verified after its entries have been deleted', async () => {
  await gathering(lane, concertId);
  await enter(...users(4));
  await comeDue(lane);
  await holdDraws(lane);
  for (const subject of users(4)) await leave(subject);
  await lane.rows(`with sent as (update command_receipt set accepted_at = accepted_at - interval '8 days')
    update queue_entry set ended_at = now() - interval '8 days'`);
  await prune(lane.orm);
  expect(await entries()).toEqual([]);
  const [draw, places] = await published();
  expect(places).toHaveLength(4);
  expect(faultsOfDraw(draw, places)).toEqual([]);
});

test('who leaves before the opening takes no part; who leaves later has a place that stays unused', async () => {
  await gathering(lane, concertId);
  await enter(...users(4));
  await comeDue(lane);
  const minuteAgo = Date.now() - 60_000;
  await leave('user 0', minuteAgo);
  await leave('user 1');
  await doNextStep(lane);
  // Accepted before the opening, and applied after the close: who takes part is settled.
  await leave('user 2', minuteAgo);
  await holdDraws(lane);
  const [draw, places] = await published();
  expect(faultsOfDraw(draw, places)).toEqual([]);
  expect(places.map(({ ticket }) => ticket).toSorted()).toEqual([2, 3, 4]);
  expect(await line()).toEqual(['user 3']);
  await enter('next');
  const numbers = (await entries()).map(({ number }) => number);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(await line()).toEqual(['user 3', 'next']);
});

test('a user who leaves during the draw and enters again comes after the drawn users', async () => {
  await gathering(lane, concertId);
  await enter(...users(3));
  await comeDue(lane);
  await doNextStep(lane);
  await leave('user 1');
  await enter('user 1');
  await holdDraws(lane);
  expect((await line()).at(-1)).toBe('user 1');
  expect(await line()).toHaveLength(3);
});

test('the draw waits for a user who is leaving while numbers are assigned, and the place stays unused', async () => {
  await gathering(lane, concertId);
  await enter(...users(3));
  await comeDue(lane);
  await doNextStep(lane);
  await doNextStep(lane);
  // The batch has locked the entry of the user, and waits; the portion begins meanwhile.
  const free = await lane.lock('lock table command_receipt in exclusive mode');
  const leaving = leave('user 1');
  await lane.waitForLockWaiters(1);
  const assigning = doNextStep(lane);
  await lane.waitForLockWaiters(2);
  await free();
  expect(await assigning).toEqual(['assign', true]);
  expect(await leaving).toMatchObject([{ outcome: { state: 'succeeded' } }]);
  await holdDraws(lane);
  expect(await line()).toHaveLength(2);
  expect((await published())[1]).toHaveLength(3);
});

test.each([
  ['without users', []],
  ['whose users have all left', ['ada', 'bea']],
])('a draw %s is held', async (_, gone) => {
  await gathering(lane, concertId);
  await enter(...gone);
  await comeDue(lane);
  for (const subject of gone) await leave(subject, Date.now() - 60_000);
  expect(await holdDraws(lane)).toHaveLength(1);
  const [draw, places] = await published();
  expect([draw.places, places]).toEqual([0, []]);
  expect(faultsOfDraw(draw, places)).toEqual([]);
});

test('every step can be repeated and done by several processes, with one result', async () => {
  await gathering(lane, concertId);
  await enter(...users(7), ...users(3, 'late'));
  await comeDue(lane);
  await accepted('now()', ...users(3, 'late'));
  const steps: string[] = [];
  for (;;) {
    const done = await Promise.all([1, 2, 3].map(() => doNextStep(lane, 2)));
    if (done.every((each) => each === undefined)) break;
    steps.push(...done.flatMap((each) => (each?.[1] ? [each[0]] : [])));
  }
  expect(steps.filter((step) => step !== 'assign')).toEqual(['close', 'rank', 'finish']);
  expect(faultsOfDraw(...(await published()))).toEqual([]);
  expect((await line()).slice(7)).toEqual(users(3, 'late'));
  const [counts] =
    await lane.rows(`select last_number::int, added::int, reserved from queue_numbering
    join draw using (queue_id)`);
  expect(counts).toEqual({ last_number: 20, added: 10, reserved: 10 });
});

test('draws of two queues are held side by side, and those of one queue one after the other', async () => {
  const [second, third] = [(await lane.schedule()).concertId, (await lane.schedule()).concertId];
  const own = await lane.queue([third]);
  for (const id of [concertId, third]) await gathering(lane, id);
  const following = { concertId: second, gathersAt: inHours(1), opensAt: inHours(2) };
  await lane.result(lane.command('announce-draw', { subject: 'operator', input: following }));
  await lane.rows(
    `update draw set gathers_at = now() - interval '2 seconds' where concert_id = ${second}`,
  );
  await enter(...users(3));
  const toOwn = { subject: 'ada', input: inputOf(own) };
  await lane.run(lane.command('enter-queue', toOwn));
  for (const queueId of [1, own]) await comeDue(lane, queueId);
  await holdDraws(lane);
  await holdDraws(lane);
  const places = await lane.rows(
    `select concert_id::int as id, places from draw where drawn_at is not null order by closed_at`,
  );
  expect(places).toEqual(
    expect.arrayContaining([
      { id: concertId, places: 3 },
      { id: second, places: 0 },
      { id: third, places: 1 },
    ]),
  );
});

test('all who wait count as present after a draw, for as long as a look lasts', async () => {
  await gathering(lane, concertId);
  await enter(...users(3), 'late');
  await comeDue(lane);
  await accepted('now()', 'late');
  await holdDraws(lane);
  const settings = { ...SETTINGS, admitLimit: 2 };
  await lane.rows(`update queue_entry set entered_at = now() - interval '1 hour', seen_at = null`);
  const admitted = () => admit(lane.orm, settings);
  const [first, second, ...others] = await line();
  expect(await admitted()).toMatchObject([{ count: 2 }]);
  expect(await line()).toEqual(others);
  expect([first, second]).not.toContain('late');
  await lane.rows(`update draw set drawn_at = drawn_at - interval '61 seconds'`);
  await lane.rows(`update queue_entry set entered_at = now() - interval '2 hours',
    admitted_at = now() - interval '1 hour' where state = 'active'`);
  expect(await admitted()).toEqual([]);
  expect(await line()).toEqual(others);
});
