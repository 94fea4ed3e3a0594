/** A stream of events that breaks: it ends, and what a driver said stays out of it and off the console. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startSeatlane, type TestSeatlane } from '../../support/seatlane.ts';

let seatlane: TestSeatlane;

beforeAll(async () => {
  // Without workers the command stays where it is.
  seatlane = await startSeatlane({ workers: 0 });
});

afterAll(async () => {
  vi.restoreAllMocks();
  await seatlane.stop();
});

test('a stream whose job cannot be read any more ends without a word of the database', async () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { client } = seatlane;
  const token = await client.tokenFor('ada');
  const { body } = await client.request('POST', '/points/charge', { token, body: { amount: 5 } });
  const stream = await fetch(`${client.base}/jobs/${body.id}/events`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  await seatlane.rows('alter table command_receipt rename to gone');
  await seatlane.forgetInRedis(`{${body.id.split('_')[0]}}:*`);
  const said = await stream.text();
  // The audit that looks at every database after the tests needs it.
  await seatlane.rows('alter table gone rename to command_receipt');
  expect(said).toContain('"state":"queued"');
  expect(said).not.toMatch(/command_receipt|error/i);
  expect(printed).not.toHaveBeenCalled();
});
