/** Users who have stopped polling are skipped: the admission reads them once, and they come back before all later users. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { notePresence, noteWatch, type PresenceNotes } from '../../../../../src/db/presence.ts';
import { openLog } from '../../../../../src/runtime/log.ts';
import { admit } from '../../../../../workers/timers/queue/admit.ts';
import { runAdmission } from '../../../../../workers/timers/queue/run-admission.ts';
import { comeDue, gathering, holdDraws } from '../../../../support/services/draws.ts';
import { noteLine } from '../../../../support/services/note-line.ts';
import {
  openTestLane,
  ADMISSION_SETTINGS as SETTINGS,
  type TestLane,
} from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeEach(async () => {
  lane = await openTestLane();
  await watchedSince('2 hours');
});
afterEach(() => lane.stop());

/** API processes note polls, and have for this long. */
async function watchedSince(ago: string): Promise<void> {
  await noteWatch(lane.orm);
  await lane.rows(`update presence_watch set watched_since = now() - interval '${ago}'`);
}

const enter = (...subjects: string[]) =>
  lane.run(...subjects.map((subject) => lane.command('enter-queue', { subject })));
const ofUser = (subject: string) =>
  `user_id = (select id from app_user where subject = '${subject}')`;

/** The users were seen that long ago. @param near whether that was near the front */
async function unseenFor(ago: string, subjects: readonly string[], near = true): Promise<void> {
  for (const subject of subjects) {
    await lane.rows(`update queue_entry set entered_at = now() - interval '1 day',
      seen_at = now() - interval '${ago}', seen_near_front = ${near} where ${ofUser(subject)}`);
  }
}

const nothing = { near: [], far: [], claimed: [], returned: [] };
const note = (notes: Partial<PresenceNotes>) => notePresence(lane.orm, { ...nothing, ...notes });

async function idOf(subject: string): Promise<number> {
  const [entry] = await lane.rows<{ id: string }>(
    `select id from queue_entry where ${ofUser(subject)} and state <> 'ended'`,
  );
  return Number(entry?.id);
}

const comeBack = async (subject: string) =>
  note({ returned: [{ id: await idOf(subject), queueId: 1 }] });

async function subjects(condition: string): Promise<string[]> {
  const found = await lane.rows<{ subject: string }>(
    `select subject from queue_entry join app_user on app_user.id = user_id
     where ${condition} order by number`,
  );
  return found.map(({ subject }) => subject);
}
const active = () => subjects(`state = 'active'`);
const skipped = () => subjects(`state = 'waiting' and skipped_at is not null`);

const lineFrom = async () =>
  Number((await lane.rows<{ n: string }>('select line_from as n from waiting_queue'))[0]?.n);

test('a user who has stopped polling is skipped once, and the users behind are admitted', async () => {
  await enter('ada', 'bea', 'cem');
  await unseenFor('61 seconds', ['ada']);
  expect(await admit(lane.orm, SETTINGS)).toMatchObject([
    { queueId: 1, count: 2, skipped: 1, isUnfinished: false },
  ]);
  expect([await active(), await skipped()]).toEqual([['bea', 'cem'], ['ada']]);
  expect(await admit(lane.orm, SETTINGS)).toEqual([]);
  expect(await lineFrom()).toBe(4);
});

test('users behind the last one who is admitted are not looked at', async () => {
  await enter('ada', 'bea', 'cem', 'dan', 'eve');
  await unseenFor('61 seconds', ['bea', 'eve']);
  await admit(lane.orm, SETTINGS);
  expect([await active(), await skipped()]).toEqual([['ada', 'cem', 'dan'], ['bea']]);
});

test('a skipped user who polls again comes before all later users', async () => {
  await enter('ada', 'bea', 'cem', 'dan', 'eve');
  await unseenFor('61 seconds', ['ada', 'cem']);
  await admit(lane.orm, SETTINGS);
  expect(await active()).toEqual(['bea', 'dan', 'eve']);
  await enter('fay', 'gus');
  await comeBack('cem');
  await comeBack('ada');
  expect(await skipped()).toEqual([]);
  await admit(lane.orm, { ...SETTINGS, admitLimit: 5 });
  expect(await active()).toEqual(['ada', 'bea', 'cem', 'dan', 'eve']);
});

test('a user who was seen far from the front a few minutes ago still polls, and nobody overtakes them', async () => {
  await enter('ada', 'bea', 'cem');
  await unseenFor('2 minutes', ['ada', 'bea'], false);
  await admit(lane.orm, { ...SETTINGS, admitLimit: 1 });
  expect([await active(), await skipped()]).toEqual([['ada'], []]);
});

test('a user who was seen far from the front is skipped when two notes are missing', async () => {
  await enter('ada', 'bea');
  await unseenFor('8 minutes', ['ada'], false);
  await admit(lane.orm, SETTINGS);
  expect([await active(), await skipped()]).toEqual([['bea'], ['ada']]);
});

test.each([
  ['no API process notes polls now', `noted_at = now() - interval '30 seconds'`],
  ['polls have been noted for less than a minute', `watched_since = now() - interval '50 seconds'`],
  ['polls were never noted', 'noted_at = null, watched_since = null'],
])('nobody is skipped while %s, but who polls is admitted', async (_, watch) => {
  await enter('ada', 'bea');
  await unseenFor('1 hour', ['ada']);
  await lane.rows(`update presence_watch set ${watch}`);
  await admit(lane.orm, SETTINGS);
  expect([await active(), await skipped()]).toEqual([['bea'], []]);
});

test('after a gap in the notes, absence counts from its end', async () => {
  await lane.rows(`update presence_watch set noted_at = now() - interval '26 seconds'`);
  await noteWatch(lane.orm);
  await enter('ada');
  await unseenFor('1 hour', ['ada']);
  await admit(lane.orm, SETTINGS);
  expect(await skipped()).toEqual([]);
  // The notes go on without a further gap.
  await noteWatch(lane.orm);
  await lane.rows(
    `update presence_watch set watched_since = watched_since - interval '61 seconds'`,
  );
  await admit(lane.orm, SETTINGS);
  expect(await skipped()).toEqual(['ada']);
});

test('a user whose poll is being noted is not skipped', async () => {
  await enter('ada', 'bea');
  await unseenFor('61 seconds', ['ada']);
  const written = await lane.lock(`update queue_entry set seen_at = now() where ${ofUser('ada')}`);
  await admit(lane.orm, SETTINGS);
  expect([await active(), await skipped()]).toEqual([['bea'], []]);
  await written();
  await admit(lane.orm, SETTINGS);
  expect(await active()).toEqual(['ada', 'bea']);
});

/** The next admission waits after it has read which queues have users in their line, and before it locks them. */
async function pauseAdmission(): Promise<() => Promise<void>> {
  const resume = await lane.lock('select pg_advisory_xact_lock(42)');
  await lane.rows(`create function pause() returns boolean language plpgsql as $$ begin
    perform pg_advisory_xact_lock(42); return false; end $$`);
  await lane.rows('alter table draw rename to draw_table');
  await lane.rows(`create view draw as select * from draw_table
    union all select * from draw_table where (select pause())`);
  return resume;
}

async function pauseNoMore(): Promise<void> {
  await lane.rows('drop view draw');
  await lane.rows('alter table draw_table rename to draw');
}

test('a user who returns while an admission has read the line already is not passed by', async () => {
  await enter('ada', 'bea', 'cem');
  await unseenFor('61 seconds', ['ada']);
  await admit(lane.orm, { ...SETTINGS, admitLimit: 1 });
  expect([await active(), await skipped()]).toEqual([['bea'], ['ada']]);
  const resume = await pauseAdmission();
  const admitting = admit(lane.orm, { ...SETTINGS, admitLimit: 2 });
  await lane.waitForLockWaiters(1);
  await comeBack('ada');
  await resume();
  expect(await admitting).toMatchObject([{ count: 0, isUnfinished: true }]);
  await pauseNoMore();
  await admit(lane.orm, { ...SETTINGS, admitLimit: 2 });
  expect(await active()).toEqual(['ada', 'bea']);
});

/** So many guests are at the head of the line, who were last seen an hour ago far from the front. */
async function addGuests(count: number): Promise<void> {
  await lane.rows(
    `insert into app_user (subject) select 'guest ' || n from generate_series(1, ${count}) n`,
  );
  await lane.rows(`insert into queue_entry (id, queue_id, number, user_id, state, entered_at, seen_at, job_id)
    select n, 1, n, id, 'waiting', now() - interval '1 day', now() - interval '1 hour', 'user-0_' || n
    from (select id, row_number() over (order by id) as n from app_user) numbered`);
  await lane.rows(`update queue_numbering set last_number = ${count}, added = ${count}`);
}

/** The audit after all tests would find no command behind these rows. */
async function forgetGuests(others: number): Promise<void> {
  await lane.rows(`delete from queue_entry where job_id like 'user-0\\_%' and length(job_id) < 12`);
  await lane.rows(`update queue_numbering set added = ${others}`);
  await noteLine(lane.rows);
}

test('a thousand users who stopped polling are skipped in one run, and the next run goes on behind them', async () => {
  await addGuests(2500);
  await enter('ada');
  const runs: number[] = [];
  const first = await admit(lane.orm, SETTINGS);
  expect(first).toMatchObject([{ count: 0, skipped: 1003, isUnfinished: true }]);
  await runAdmission({
    orm: lane.orm,
    settings: SETTINGS,
    onAdmitted: async (admitted) => void runs.push(...admitted.map(({ count }) => count)),
    log: openLog('test', 'silent'),
    pause: () =>
      Promise.reject(new Error('A run that skips users is followed by the next at once.')),
  });
  expect(runs).toEqual([1]);
  expect(await active()).toEqual(['ada']);
  await forgetGuests(1);
});

test('whatever number of users of whom nothing is known does not hold up who polls behind them', async () => {
  await addGuests(2500);
  await enter('ada', 'bea', 'cem', 'dan');
  await unseenFor('2 minutes', ['ada']);
  await watchedSince('5 minutes');
  expect(await admit(lane.orm, { ...SETTINGS, admitLimit: 2 })).toMatchObject([
    { count: 2, skipped: 0, isUnfinished: false },
  ]);
  expect([await active(), await skipped()]).toEqual([['bea', 'cem'], []]);
  expect(await lineFrom()).toBeLessThanOrEqual(1);
  await forgetGuests(4);
});

test('a skipped user can leave, and enters again at the end', async () => {
  await enter('ada', 'bea');
  await unseenFor('61 seconds', ['ada']);
  await admit(lane.orm, { ...SETTINGS, admitLimit: 1 });
  await lane.result(lane.command('leave-queue', { subject: 'ada' }));
  await enter('ada');
  expect(await subjects(`state = 'waiting'`)).toEqual(['ada']);
  expect(await comeBack('ada')).toEqual({ far: [], claimed: [] });
});

test('a draw includes skipped users, and they count as present for one look', async () => {
  await enter('ada', 'bea', 'cem');
  await unseenFor('61 seconds', ['ada', 'cem']);
  await admit(lane.orm, { ...SETTINGS, admitLimit: 1 });
  expect(await skipped()).toEqual(['ada']);
  const { concertId } = await lane.schedule();
  await gathering(lane, concertId);
  await comeDue(lane);
  await holdDraws(lane);
  await admit(lane.orm, SETTINGS);
  expect((await active()).toSorted()).toEqual(['ada', 'bea', 'cem']);
});
