/** Recording presence while a batch or an admission has locked the row. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { notePresence, noteWatch, type PresenceNotes } from '../../../src/db/presence.ts';
import { Presence } from '../../../src/http/queue/presence.ts';
import { admit } from '../../../workers/timers/queue/admit.ts';
import { inputOf, openTestLane, type TestLane } from '../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const openPresence = () =>
  new Presence({
    write: (notes) => notePresence(lane.orm, notes),
    noteWatch: () => noteWatch(lane.orm),
    now: Date.now,
  });
const entryOf = async (id: number) =>
  (await lane.rows(`select * from queue_entry where id = ${id}`))[0] as {
    state: string;
    claimed_at: Date | null;
  };
/** Admits after that time, in which API processes have noted claims. */
const admitAfterSeconds = async (id: number, seconds: number) => {
  await noteWatch(lane.orm);
  await lane.rows(`update presence_watch set watched_since = now() - interval '1 day'`);
  await lane.rows(`update queue_entry set admitted_at = admitted_at - interval '${seconds} s',
    entered_at = entered_at - interval '${seconds} s' where id = ${id}`);
  await admit(lane.orm, lane.config);
};

test('a claim whose row was locked is written later, and its user keeps the slot', async () => {
  const { entryId } = await lane.buyer('ada');
  const presence = openPresence();
  const unlock = await lane.lock(`select 1 from queue_entry where id = ${entryId} for update`);
  presence.noteClaimed(entryId);
  await presence.flush();
  await unlock();
  expect((await entryOf(entryId)).claimed_at).toBeNull();
  await presence.flush();
  expect((await entryOf(entryId)).claimed_at).not.toBeNull();
  await admitAfterSeconds(entryId, lane.config.claimMs / 1000 + 10);
  expect((await entryOf(entryId)).state).toBe('active');
});

const nothing = { near: [], far: [], claimed: [], returned: [] };
const note = (notes: Partial<PresenceNotes>) => notePresence(lane.orm, { ...nothing, ...notes });

test('a claim that is written, or whose entry has ended or is unknown, is not retried', async () => {
  const { entryId } = await lane.buyer('bea');
  const first = await note({ claimed: [entryId, 999_999] });
  expect(first.claimed.toSorted()).toEqual([entryId, 999_999].toSorted());
  const again = await note({ claimed: [entryId] });
  expect(again.claimed).toEqual([entryId]);
});

test('a slot whose claim may not be written yet does not go to the next user', async () => {
  const { entryId } = await lane.buyer('dan');
  const claimSeconds = lane.config.claimMs / 1000;
  await admitAfterSeconds(entryId, claimSeconds + 1);
  expect((await entryOf(entryId)).state).toBe('active');
  await admitAfterSeconds(entryId, 3);
  expect((await entryOf(entryId)).state).toBe('ended');
});

test('a locked queue keeps neither users of other queues from the line nor polls from being noted', async () => {
  const queueId = await lane.queue([]);
  const enter = (subject: string, input: object) =>
    lane.run(lane.command('enter-queue', { subject, input: input as never }));
  await enter('eve', inputOf(1));
  await enter('fay', inputOf(queueId));
  await lane.rows(`update queue_entry set skipped_at = now() where state = 'waiting'`);
  const entries = await lane.rows<{ id: string; queue_id: number }>(
    `select id, queue_id from queue_entry where state = 'waiting' order by queue_id`,
  );
  const [eve, fay] = entries.map((entry) => ({ id: Number(entry.id), queueId: entry.queue_id }));
  const unlock = await lane.lock('select 1 from waiting_queue where id = 1 for update');
  const returned = [eve, fay].filter((entry) => entry !== undefined);
  const ids = returned.map(({ id }) => id);
  expect(await note({ far: ids, returned })).toEqual({ far: ids, claimed: [] });
  const skipped = () =>
    lane.rows(
      `select queue_id from queue_entry where state = 'waiting' and skipped_at is not null`,
    );
  expect(await skipped()).toEqual([{ queue_id: 1 }]);
  await unlock();
  await note({ returned });
  expect(await skipped()).toEqual([]);
});
