/** Creating a concert, through `runBatch`. It is never refused. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectNothingBehind, expectOneEffect } from '../../../../support/handler-promises.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const announce = (title: string, description: string | null = null) =>
  lane.command('create-concert', { subject: 'operator', input: { title, description } });

test('succeeds: the concert is stored as the outcome shows it', async () => {
  const concert = await lane.result<{ id: number }>(announce('The Winter Gala', 'With bells.'));
  expect(concert).toMatchObject({ title: 'The Winter Gala', description: 'With bells.' });
  const found = await lane.rows(`select title, description from concert where id = ${concert.id}`);
  expect(found).toEqual([{ title: 'The Winter Gala', description: 'With bells.' }]);
});

test('one batch can create two concerts', async () => {
  const titles = ['Spring', 'Summer'];
  await lane.run(...titles.map((title) => announce(title)));
  const found = await lane.rows(
    `select title from concert where title in ('Spring', 'Summer') order by id`,
  );
  expect(found).toEqual(titles.map((title) => ({ title })));
});

test('runs twice with one effect', () => expectOneEffect(lane, announce('Once')));

test('leaves nothing behind when a statement fails midway', () =>
  expectNothingBehind(lane, announce('Never'), 'insert on command_receipt'));
