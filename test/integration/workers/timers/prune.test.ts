/** Deleting old receipts and queue entries. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prune } from '../../../../workers/timers/prune.ts';
import { openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

/** A receipt of a command that was refused the given number of days ago. */
async function aReceipt(daysAgo: number): Promise<string> {
  const command = lane.command('leave-queue', { subject: 'ada' });
  await lane.run(command);
  const id = command.jobId.split('_').slice(1).join('_');
  await lane.rows(`update command_receipt set finished_at = now() - ${daysAgo} * interval '1 day'
    where id = '${id}'`);
  return id;
}

async function aPlace(subject: string, daysAgo: number): Promise<void> {
  await lane.run(
    lane.command('enter-queue', { subject }),
    lane.command('leave-queue', { subject }),
  );
  const ofUser = `user_id = (select id from app_user where subject = '${subject}')`;
  await lane.rows(`with sent as (
      update command_receipt set accepted_at = now() - ${daysAgo} * interval '1 day' where ${ofUser}
    ) update queue_entry set ended_at = now() - ${daysAgo} * interval '1 day' where ${ofUser}`);
}

test('receipts are deleted after thirty days, not earlier', async () => {
  const kept = await aReceipt(29);
  await aReceipt(31);
  expect(await prune(lane.orm)).toMatchObject({ receipts: 1 });
  expect(await lane.rows(`select id from command_receipt`)).toEqual([{ id: kept }]);
});

test('ended queue entries are deleted after a week, not earlier', async () => {
  await aPlace('bea', 6);
  await aPlace('cleo', 8);
  expect(await prune(lane.orm)).toMatchObject({ queueEntries: 1 });
  const left = await lane.rows(
    `select subject from queue_entry join app_user on app_user.id = user_id`,
  );
  expect(left).toEqual([{ subject: 'bea' }]);
});

test('a waiting queue entry is never deleted, however old', async () => {
  await lane.run(lane.command('enter-queue', { subject: 'dora' }));
  await lane.rows(`update queue_entry set entered_at = now() - interval '1 year'
    where state = 'waiting'`);
  expect(await prune(lane.orm)).toMatchObject({ queueEntries: 0 });
});

test('two runs, or concurrent ones, delete each row once', async () => {
  await aReceipt(40);
  const pruned = await Promise.all([prune(lane.orm), prune(lane.orm)]);
  expect(pruned.map(({ receipts }) => receipts).toSorted()).toEqual([0, 1]);
  expect(await prune(lane.orm)).toEqual({ receipts: 0, queueEntries: 0 });
});
