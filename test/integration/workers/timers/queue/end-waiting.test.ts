/** Waiting ends for users who are gone, and for all users of a queue that has nothing to sell any more. */
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { notePresence, noteWatch, type PresenceNotes } from '../../../../../src/db/presence.ts';
import { OpenEntryReader } from '../../../../../src/db/reads/queue/entries.ts';
import { readStock } from '../../../../../src/db/reads/stock.ts';
import { admit } from '../../../../../workers/timers/queue/admit.ts';
import { type EndedWaiting, endWaiting } from '../../../../../workers/timers/queue/end-waiting.ts';
import { inHours } from '../../../../support/http/client.ts';
import { cancelSchedule } from '../../../../support/services/cancellations.ts';
import { comeDue, gathering, holdDraws } from '../../../../support/services/draws.ts';
import { noteLine } from '../../../../support/services/note-line.ts';
import {
  inputOf,
  openTestLane,
  ADMISSION_SETTINGS as SETTINGS,
  type TestLane,
} from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let told: EndedWaiting[];
beforeEach(async () => {
  lane = await openTestLane();
  told = [];
  await noteWatch(lane.orm);
  await lane.rows(`update presence_watch set watched_since = now() - interval '2 hours'`);
});
afterEach(() => lane.stop());

/** One run of the timer. */
const run = (log = lane.deps.log) =>
  endWaiting({
    orm: lane.orm,
    settings: { waitingIdleMs: 60_000, waitingGoneMs: 1_800_000 },
    onEnded: (ended) => told.push(ended),
    log,
  });

const enter = (queueId: number, ...subjects: string[]) =>
  lane.run(
    ...subjects.map((subject) => lane.command('enter-queue', { subject, input: inputOf(queueId) })),
  );
const unseenFor = (ago: string, subject: string) =>
  lane.rows(`update queue_entry set entered_at = now() - interval '1 day', seen_at = now() - interval '${ago}'
    where user_id = (select id from app_user where subject = '${subject}')`);

/** The end reasons and states of all entries, by subject. */
async function entries(): Promise<Record<string, string>> {
  const found = await lane.rows<{ subject: string; state: string }>(
    `select subject, coalesce(end_reason, case when skipped_at is not null then 'skipped' end, state) as state
     from queue_entry join app_user on app_user.id = user_id order by number`,
  );
  return Object.fromEntries(found.map(({ subject, state }) => [subject, state]));
}

/** A queue for a concert of its own, with these users waiting. */
async function queueWith(...subjects: string[]): Promise<{ queueId: number; concertId: number }> {
  const { concertId } = await lane.schedule();
  const queueId = await lane.queue([concertId]);
  await enter(queueId, ...subjects);
  return { queueId, concertId };
}

const ofConcert = (concertId: number) =>
  `schedule_id in (select id from schedule where concert_id = ${concertId})`;
const sellOut = ({ concertId }: { concertId: number }) =>
  lane.rows(`update seat set state = 'sold' where ${ofConcert(concertId)}`);
const close = ({ concertId }: { concertId: number }) =>
  lane.rows(`update schedule set booking_start_at = now() - interval '2 hours',
    booking_end_at = now() - interval '1 hour' where concert_id = ${concertId}`);
/** It has been so for ten seconds. */
const passTenSeconds = () =>
  lane.rows(`update waiting_queue set over_since = over_since - interval '10 seconds'`);

/** The audit after all tests would find sold seats without a payment. */
const putSeatsBack = () => lane.rows(`update seat set state = 'available' where state = 'sold'`);

test('the waiting of a user who is gone ends, one who stopped polling lately is skipped, and who polls waits', async () => {
  await enter(1, 'ada', 'bea', 'cem');
  await unseenFor('31 minutes', 'ada');
  await unseenFor('8 minutes', 'bea');
  await unseenFor('5 minutes', 'cem');
  await run();
  expect(await entries()).toEqual({ ada: 'away', bea: 'skipped', cem: 'waiting' });
  expect(told).toEqual([{ reason: 'away', ended: 1 }]);
  await unseenFor('31 minutes', 'bea');
  await run();
  expect(await entries()).toEqual({ ada: 'away', bea: 'away', cem: 'waiting' });
});

const nothing = { near: [], far: [], claimed: [], returned: [] };
const note = (notes: Partial<PresenceNotes>) => notePresence(lane.orm, { ...nothing, ...notes });

/** The id of the only entry. */
async function theEntry(): Promise<number> {
  const [entry] = await lane.rows<{ id: string }>('select id from queue_entry');
  return Number(entry?.id);
}

test('a user who has moved away from the front, where polls are noted less often, is not skipped', async () => {
  await enter(1, 'ada');
  const id = await theEntry();
  await note({ near: [id] });
  await note({ far: [id] });
  await unseenFor('61 seconds', 'ada');
  await run();
  expect(await entries()).toEqual({ ada: 'waiting' });
});

test.each([{ kind: 'far' as const }, { kind: 'near' as const }])(
  'a skipped user who polls is not ended, also while the return is not written: $kind',
  async ({ kind }) => {
    await enter(1, 'ada');
    await unseenFor('29 minutes', 'ada');
    await run();
    await unseenFor('31 minutes', 'ada');
    await note({ [kind]: [await theEntry()] });
    await run();
    expect(await entries()).toEqual({ ada: 'skipped' });
  },
);

test('the end of a waiting is told until the user has entered again, whatever became of that', async () => {
  const told = () => new OpenEntryReader(lane.orm).endOf({ subject: 'ada', queueId: 1 });
  await enter(1, 'ada');
  await unseenFor('31 minutes', 'ada');
  await run();
  expect(await told()).toMatchObject({ endReason: 'away' });
  await enter(1, 'ada');
  expect(await told()).toBeUndefined();
  await lane.result(lane.command('leave-queue', { subject: 'ada' }));
  expect(await told()).toBeUndefined();
});

test('nobody is ended or skipped for a time in which polls were not noted', async () => {
  await enter(1, 'ada');
  await unseenFor('5 hours', 'ada');
  await lane.rows(`update presence_watch set watched_since = now() - interval '6 minutes'`);
  await run();
  expect(await entries()).toEqual({ ada: 'waiting' });
  await lane.rows(`update presence_watch set watched_since = now() - interval '29 minutes'`);
  await run();
  expect(await entries()).toEqual({ ada: 'skipped' });
  await lane.rows(`update presence_watch set watched_since = now() - interval '1 hour',
    noted_at = now() - interval '30 seconds'`);
  await run();
  expect(await entries()).toEqual({ ada: 'skipped' });
});

test('a user whose poll is being noted is not ended', async () => {
  await enter(1, 'ada');
  await unseenFor('31 minutes', 'ada');
  const commit = await lane.lock('update queue_entry set seen_at = now()');
  await run();
  await commit();
  await run();
  expect(await entries()).toEqual({ ada: 'waiting' });
});

test('the sweep goes on where it ended, in all queues, and begins anew', async () => {
  const { queueId } = await queueWith('zoe');
  await lane.rows(
    `insert into app_user (subject) select 'guest ' || n from generate_series(1, 12000) n`,
  );
  await lane.rows(`insert into queue_entry (id, queue_id, number, user_id, state, entered_at, job_id)
    select n, 1, n, id, 'waiting', now(), 'user-0_' || n
    from (select id, row_number() over (order by id) as n from app_user where subject like 'guest%') numbered`);
  await lane.rows(
    `update queue_numbering set last_number = 12000, added = 12000 where queue_id = 1`,
  );
  await unseenFor('31 minutes', 'zoe');
  await unseenFor('31 minutes', 'guest 11000');
  const place = () =>
    lane.rows(`select swept_queue_id as queue, swept_number::int as number from presence_watch`);
  await run();
  expect(await place()).toEqual([{ queue: 1, number: 10_000 }]);
  expect(await entries()).toMatchObject({ 'guest 11000': 'waiting', zoe: 'waiting' });
  await run();
  expect(await entries()).toMatchObject({ 'guest 11000': 'away', zoe: 'away' });
  expect(await place()).toEqual([{ queue: 0, number: 0 }]);
  expect(queueId).toBeGreaterThan(1);
  // The audit after all tests would find no command behind these rows.
  await lane.rows(`delete from queue_entry where queue_id = 1`);
  await lane.rows('update queue_numbering set added = 0 where queue_id = 1');
  await lane.rows('update waiting_queue set removed = 0 where id = 1');
  await noteLine(lane.rows);
});

test('when a queue has been sold out for ten seconds, the waiting of all its users ends', async () => {
  const soldOut = await queueWith('ada', 'bea');
  await enter(1, 'cem');
  await sellOut(soldOut);
  await run();
  expect(await entries()).toEqual({ ada: 'waiting', bea: 'waiting', cem: 'waiting' });
  await passTenSeconds();
  await run();
  expect(await entries()).toEqual({ ada: 'sold-out', bea: 'sold-out', cem: 'waiting' });
  expect(told).toContainEqual({ reason: 'sold-out', ended: 2 });
  await run();
  expect(await lane.rows('select 1 from waiting_queue where over_since is not null')).toEqual([]);
  await putSeatsBack();
});

test('a queue whose waiting cannot be ended keeps nobody of other queues waiting', async () => {
  const failing = await queueWith('ada');
  const soldOut = await queueWith('bea');
  await enter(1, 'cem');
  await sellOut(failing);
  await sellOut(soldOut);
  await run();
  await passTenSeconds();
  await unseenFor('31 minutes', 'cem');
  await lane.rows(`alter table queue_entry add constraint stays
    check (queue_id <> ${failing.queueId} or state <> 'ended')`);
  const lines: object[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  await expect(run(log)).rejects.toThrow('stays');
  expect(await entries()).toEqual({ ada: 'waiting', bea: 'sold-out', cem: 'away' });
  expect(lines).toMatchObject([{ queueId: failing.queueId }]);
  await lane.rows('alter table queue_entry drop constraint stays');
  await run(log);
  expect(await entries()).toMatchObject({ ada: 'sold-out' });
  expect(lines).toHaveLength(1);
  await putSeatsBack();
});

test('a queue that cannot be swept keeps no user of queues behind it in the line, and the sweep goes on', async () => {
  const failing = await queueWith('ada');
  await queueWith('bea');
  await enter(1, 'cem');
  for (const subject of ['ada', 'bea', 'cem']) await unseenFor('31 minutes', subject);
  await lane.rows(`alter table queue_entry add constraint stays
    check (queue_id <> ${failing.queueId} or state <> 'ended')`);
  const lines: object[] = [];
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  await expect(run(log)).rejects.toThrow('stays');
  expect(await entries()).toEqual({ ada: 'waiting', bea: 'away', cem: 'away' });
  expect(lines).toMatchObject([{ queueId: failing.queueId }]);
  const place = await lane.rows(`select swept_queue_id as queue from presence_watch`);
  expect(place).toEqual([{ queue: 0 }]);
  await lane.rows('alter table queue_entry drop constraint stays');
  await run(log);
  expect(await entries()).toMatchObject({ ada: 'away' });
  expect(lines).toHaveLength(1);
});

test('a seat that becomes free within the ten seconds keeps everybody waiting', async () => {
  const { concertId } = await queueWith('ada');
  await sellOut({ concertId });
  await run();
  await lane.rows(`update seat set state = 'available' where id = (select min(id) from seat)`);
  await passTenSeconds();
  await run();
  await sellOut({ concertId });
  await run();
  expect(await entries()).toEqual({ ada: 'waiting' });
  await putSeatsBack();
});

test('a seat that becomes free while the note of that is held up keeps everybody waiting', async () => {
  const { concertId } = await queueWith('ada');
  await sellOut({ concertId });
  await run();
  await passTenSeconds();
  await putSeatsBack();
  // As if the row of the queue was locked when the run would have noted that it is on sale again.
  await lane.rows(
    `create function do_nothing() returns trigger language plpgsql as $$ begin return null; end $$`,
  );
  await lane.rows(`create trigger held_up before update of over_since on waiting_queue for each row
    execute function do_nothing()`);
  await run();
  expect(await entries()).toEqual({ ada: 'waiting' });
});

test('seats that operators have blocked are not sold, and a pause keeps everybody waiting', async () => {
  const blocked = await queueWith('ada');
  await lane.rows(
    `update seat set blocked_reason = 'Camera' where ${ofConcert(blocked.concertId)}`,
  );
  const paused = await queueWith('bea');
  await sellOut(paused);
  const input = { queueId: paused.queueId, isPaused: true };
  await lane.result(lane.command('set-admission', { subject: 'operator', input }));
  await run();
  await passTenSeconds();
  await run();
  expect(await entries()).toEqual({ ada: 'waiting', bea: 'waiting' });
  await putSeatsBack();
});

test('when the last sale of a queue has closed, the waiting of all its users ends', async () => {
  const closed = await queueWith('ada');
  const open = await queueWith('bea');
  await close(closed);
  await run();
  await passTenSeconds();
  await run();
  expect(await entries()).toEqual({ ada: 'closed', bea: 'waiting' });
  expect(open.queueId).not.toBe(closed.queueId);
});

test('a cancelled performance is no sale, although its places are free again', async () => {
  const cancelled = await queueWith('ada');
  const half = await queueWith('bea');
  await sellOut(half);
  const [{ id }] = (await lane.rows(
    `select id::int from schedule where concert_id = ${cancelled.concertId}`,
  )) as [{ id: number }];
  expect(await readStock(lane.orm, cancelled.concertId)).toMatchObject({ available: 40 });
  await cancelSchedule(lane, id);
  expect(await readStock(lane.orm, cancelled.concertId)).toMatchObject({ available: 0 });
  await run();
  await passTenSeconds();
  await run();
  expect(await entries()).toEqual({ ada: 'closed', bea: 'sold-out' });
  await putSeatsBack();
});

test('a queue whose concerts have no schedule yet is not closed', async () => {
  await enter(1, 'ada');
  await run();
  await passTenSeconds();
  await run();
  expect(await entries()).toEqual({ ada: 'waiting' });
});

test('nobody of a draw is skipped or ended before it is held', async () => {
  const { concertId } = await queueWith('ada', 'bea');
  const input = { concertId, gathersAt: inHours(-1), opensAt: inHours(1) };
  await lane.result(lane.command('announce-draw', { subject: 'operator', input }));
  await unseenFor('31 minutes', 'ada');
  await close({ concertId });
  await run();
  await passTenSeconds();
  await run();
  expect(await entries()).toEqual({ ada: 'waiting', bea: 'waiting' });
});

test('nobody who did not poll while users gathered is skipped or ended right after the draw', async () => {
  const { queueId, concertId } = await queueWith('ada', 'bea');
  await gathering(lane, concertId);
  await comeDue(lane, queueId);
  await unseenFor('8 minutes', 'ada');
  await unseenFor('31 minutes', 'bea');
  await holdDraws(lane);
  await run();
  expect(await entries()).toEqual({ ada: 'waiting', bea: 'waiting' });
  await lane.rows(`update draw set drawn_at = drawn_at - interval '31 minutes'`);
  await run();
  expect(await entries()).toEqual({ ada: 'skipped', bea: 'away' });
});

test('nobody who did not poll while users gathered is skipped or ended right after operators cancel the draw', async () => {
  const { concertId } = await queueWith('ada', 'bea');
  await gathering(lane, concertId);
  await unseenFor('8 minutes', 'ada');
  await unseenFor('31 minutes', 'bea');
  await lane.result(lane.command('cancel-draw', { subject: 'operator', input: { concertId } }));
  await run();
  expect(await entries()).toEqual({ ada: 'waiting', bea: 'waiting' });
  await lane.rows(`update draw set cancelled_at = cancelled_at - interval '31 minutes'`);
  await run();
  expect(await entries(), 'it was not gathering').toEqual({ ada: 'skipped', bea: 'away' });
});

test('a draw that was cancelled does not keep the users of a closed queue', async () => {
  const { queueId, concertId } = await queueWith('ada');
  await gathering(lane, concertId);
  await lane.result(lane.command('cancel-draw', { subject: 'operator', input: { concertId } }));
  await close({ concertId });
  await run();
  await passTenSeconds();
  await run();
  expect(await entries()).toEqual({ ada: 'closed' });
  expect(queueId).toBeGreaterThan(1);
});

test('many waiting entries are ended in portions, but for one that a batch has locked', async () => {
  const { queueId, concertId } = await queueWith();
  await lane.rows(
    `insert into app_user (subject) select 'guest ' || n from generate_series(1, 4500) n`,
  );
  await lane.rows(`insert into queue_entry (id, queue_id, number, user_id, state, entered_at, job_id)
    select (${queueId} - 1) * 68719476736 + n, ${queueId}, n, id, 'waiting', now(), 'user-0_' || n
    from (select id, row_number() over (order by id) as n from app_user where subject like 'guest%') numbered`);
  await lane.rows(
    `update queue_numbering set last_number = 4500, added = 4500 where queue_id = ${queueId}`,
  );
  await close({ concertId });
  await run();
  await passTenSeconds();
  const free = await lane.lock(`select 1 from queue_entry where number = 7 for update`);
  await run();
  const ended = () => told.flatMap((each) => (each.reason === 'closed' ? each.ended : []));
  expect(ended()).toEqual([1999, 2000, 500]);
  await free();
  await run();
  expect(ended()).toEqual([1999, 2000, 500, 1]);
  const [line] = await lane.rows(
    `select line_from::int as "lineFrom" from waiting_queue where id = ${queueId}`,
  );
  expect(line).toEqual({ lineFrom: 4501 });
  // The audit after all tests would find no command behind these rows.
  await lane.rows(`delete from queue_entry where queue_id = ${queueId}`);
  await lane.rows(`update queue_numbering set added = 4500 where queue_id = ${queueId}`);
});

test('users whose waiting has ended can enter again, and are told of by webhooks', async () => {
  const subject = 'operator';
  const events = ['entry-away'];
  const input = { url: 'https://receiver.example', commands: null, events };
  await lane.result(lane.command('register-webhook', { subject, input }));
  await enter(1, 'ada', 'bea');
  await unseenFor('31 minutes', 'ada');
  await run();
  const found = await lane.rows(`select name, data from webhook_event`);
  expect(found).toEqual([{ name: 'entry-away', data: { queueId: 1, number: 1 } }]);
  await enter(1, 'ada');
  await admit(lane.orm, SETTINGS);
  expect(await entries()).toEqual({ ada: 'active', bea: 'active' });
});
