/** A draw orders the gathered entries, and numbers stay unique whatever is enqueued meanwhile. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { drawIfDue } from '../../../../../workers/timers/queue/draw.ts';
import { inHours } from '../../../../support/http/client.ts';
import {
  openTestLane,
  runToTheEnd,
  type TestLane,
} from '../../../../support/services/test-lane.ts';

const USERS = 12;

let lane: TestLane;
beforeEach(async () => {
  lane = await openTestLane();
});
afterEach(() => lane.stop());

const enter = (subject: string) => lane.command('enter-queue', { subject });

/** Announces a draw, lets users gather, and lets its time come before the last of them entered. */
async function gather(late: number): Promise<void> {
  const { concertId } = await lane.schedule();
  const input = { concertId, gathersAt: inHours(-1), opensAt: inHours(1) };
  await lane.result(lane.command('announce-draw', { subject: 'operator', input }));
  await lane.run(...Array.from({ length: USERS }, (_, index) => enter(`user ${index}`)));
  await lane.rows(
    `update queue_entry set entered_at = now() - interval '1 hour' where number <= ${USERS - late}`,
  );
  await lane.rows(
    `update draw set gathers_at = now() - interval '2 hours', opens_at = now() - interval '1 minute'`,
  );
}

const draw = () => drawIfDue(lane.orm);

test('users who entered after the opening follow the drawn entries, in order of entry', async () => {
  const late = 4;
  await gather(late);
  await draw();
  const places = await lane.rows<{ subject: string; ticket: string | null }>(
    `select subject, ticket from queue_entry join app_user on app_user.id = user_id order by number`,
  );
  const drawn = places.slice(0, USERS - late);
  expect(drawn.every(({ ticket }) => ticket !== null)).toBe(true);
  expect(drawn.map(({ subject }) => subject).toSorted()).toEqual(
    Array.from({ length: USERS - late }, (_, index) => `user ${index}`).toSorted(),
  );
  expect(places.slice(USERS - late)).toEqual(
    Array.from({ length: late }, (_, index) => ({
      subject: `user ${USERS - late + index}`,
      ticket: null,
    })),
  );
});

test('a user who enters during the draw gets a unique number after the drawn entries', async () => {
  await gather(0);
  // The batch that enters a user has taken its number and waits; the draw begins meanwhile.
  const free = await lane.lock('lock table command_receipt in exclusive mode');
  const faults: string[] = [];
  const note = (fault: string) => void faults.push(fault);
  const metrics = { retried: note, split: (_: string, fault: string) => note(fault) } as never;
  const entering = runToTheEnd({ ...lane.deps, metrics }, lane.lane, [enter('late')]);
  await lane.waitForLockWaiters(1);
  const drawing = draw();
  await lane.waitForLockWaiters(2);
  await free();
  await Promise.all([entering, drawing]);
  expect(faults, 'neither is rolled back because of the other').toEqual([]);
  await lane.run(enter('later'));
  const entries = await lane.rows<{ number: string; subject: string }>(
    `select number, subject from queue_entry join app_user on app_user.id = user_id
     where state <> 'ended' order by number`,
  );
  expect(new Set(entries.map(({ number }) => number)).size).toBe(USERS + 2);
  expect(entries.at(-1)?.subject).toBe('later');
  const [queue] = await lane.rows<{ last_number: string; waiting: number }>(
    'select last_number, (added - removed)::int as waiting from queue_numbering',
  );
  expect(Number(queue?.last_number)).toBe(Number(entries.at(-1)?.number));
  expect(queue?.waiting).toBe(USERS + 2);
});
