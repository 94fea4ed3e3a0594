/** A command that changes what an earlier one of its batch has created: clients can guess the next id. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const operator = 'operator';

/** The id that the next row of a table gets. */
async function nextIdOf(table: string): Promise<number> {
  const [row] = await lane.rows<{ id: number }>(
    `select (last_value + is_called::int)::int as id from ${table}_id_seq`,
  );
  return row?.id as number;
}

/** Runs both commands in one batch, which must succeed. */
async function runBoth(first: [string, object], second: [string, object]): Promise<void> {
  const commands = [first, second].map(([name, input]) =>
    lane.command(name as never, { subject: operator, input } as never),
  );
  const states = (await lane.run(...commands)).map(({ outcome }) => outcome.state);
  expect(states).toEqual(['succeeded', 'succeeded']);
}

test('a webhook that is removed at once is removed', async () => {
  const webhookId = await nextIdOf('webhook');
  const hook = { url: 'https://example.com/hook', commands: ['pay-order'], events: [] };
  await runBoth(['register-webhook', hook], ['remove-webhook', { webhookId }]);
  const [row] = await lane.rows(
    `select removed_at is not null as "isRemoved" from webhook where id = ${webhookId}`,
  );
  expect(row).toEqual({ isRemoved: true });
});

test('a concert that is closed at once is closed', async () => {
  const concertId = await nextIdOf('concert');
  await runBoth(
    ['create-concert', { title: 'A mistake', description: null }],
    ['close-concert', { concertId, reason: 'Created twice' }],
  );
  const [row] = await lane.rows(
    `select closed_at is not null as "isClosed", close_reason as reason from concert where id = ${concertId}`,
  );
  expect(row).toEqual({ isClosed: true, reason: 'Created twice' });
});

test('a queue that is paused at once is paused', async () => {
  const [{ id: concertId = 0 } = {}] = await lane.rows<{ id: number }>(
    `insert into concert (title, created_at) values ('Own', now()) returning id::int as id`,
  );
  const queueId = await nextIdOf('waiting_queue');
  await runBoth(
    ['create-queue', { name: 'Own', concertIds: [concertId] }],
    ['set-admission', { queueId, isPaused: true }],
  );
  const [row] = await lane.rows(
    `select is_paused as "isPaused" from waiting_queue where id = ${queueId}`,
  );
  expect(row).toEqual({ isPaused: true });
});
