/** Sessions that nobody claims end, but not because of a time in which no API process could answer their users. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noteWatch } from '../../../../../src/db/presence.ts';
import { admit } from '../../../../../workers/timers/queue/admit.ts';
import {
  openTestLane,
  ADMISSION_SETTINGS as SETTINGS,
  type TestLane,
} from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeEach(async () => {
  lane = await openTestLane();
});
afterEach(() => lane.stop());

const CLAIM_SECONDS = 120;

/** Admits a user, runs an admission 130 s later, and returns the state of the user's entry. */
async function afterAdmission(watch: { notedAgo: string; watchedFor: string } | undefined) {
  if (watch) await noteWatch(lane.orm);
  await lane.run(lane.command('enter-queue', { subject: 'ada' }));
  await admit(lane.orm, SETTINGS);
  await lane.rows(`update queue_entry set entered_at = entered_at - interval '130 s',
    admitted_at = admitted_at - interval '130 s'`);
  if (watch) {
    await lane.rows(`update presence_watch set noted_at = now() - interval '${watch.notedAgo}',
      watched_since = now() - interval '${watch.watchedFor}'`);
  }
  await admit(lane.orm, { ...SETTINGS, claimMs: CLAIM_SECONDS * 1000 });
  const [entry] = await lane.rows<{ state: string }>(
    `select coalesce(end_reason, state) as state from queue_entry`,
  );
  return entry?.state;
}

test.each([
  ['all API processes have been away since', { notedAgo: '130 s', watchedFor: '1 hour' }],
  [
    'API processes came back less than the claim window ago',
    { notedAgo: '1 s', watchedFor: '100 s' },
  ],
])('no session ends unclaimed if %s', async (_, watch) => {
  expect(await afterAdmission(watch)).toBe('active');
});

test.each([
  ['API processes noted claims all the time', { notedAgo: '1 s', watchedFor: '1 hour' }],
  [
    'API processes came back longer than the claim window ago',
    { notedAgo: '1 s', watchedFor: '125 s' },
  ],
  ['no API process has ever noted polls', undefined],
])('a session that was not claimed in time ends if %s', async (_, watch) => {
  expect(await afterAdmission(watch)).toBe('unclaimed');
});
