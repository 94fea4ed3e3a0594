/** A hold prolongs a queue entry over HTTP, but not the time in which its user can book. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QueueEntry } from '../../../../src/commands/schemas/resources.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

const SETTINGS = { QUEUE_TOKEN_SECONDS: '5', HOLD_SECONDS: '60' };

let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane({ settings: SETTINGS });
});
afterAll(() => seatlane.stop());

test('the entry shows until when its user can book, and until when what is held can be paid', async () => {
  const { client } = seatlane;
  const { id: scheduleId, seats } = await client.schedule();
  const user = await client.admitted('ada');
  const look = async (): Promise<QueueEntry> =>
    (await client.request('GET', '/users/queue', user)).body;
  const order = (seatId: number | undefined) =>
    client.command('POST', '/orders', { ...user, body: { scheduleId, seatIds: [seatId] } });

  const admitted = await look();
  expect(admitted.bookingUntil).toBe(admitted.expiresAt);
  const { body: held } = await order(seats[0]?.id);
  const bookingUntil = admitted.bookingUntil as string;
  const prolonged = { state: 'active', bookingUntil, expiresAt: held.result.holdExpiresAt };
  expect(await look()).toMatchObject(prolonged);
  expect(Date.parse(prolonged.expiresAt)).toBeGreaterThan(Date.parse(bookingUntil));
  expect((await client.command('POST', '/users/queue', user)).body.result).toMatchObject(prolonged);

  await waitFor('the time to book to end', async () => Date.now() > Date.parse(bookingUntil));
  const refusal = await order(seats[1]?.id);
  expectProblem(refusal, 403, 'QUEUE_TOKEN_INVALID');
  expect(refusal.body.detail).toContain(bookingUntil);
  expect(await look()).toMatchObject(prolonged);
  await client.command('POST', '/points/charge', { ...user, body: { amount: 1000 } });
  const paid = await client.command('POST', `/orders/${held.result.id}/pay`, user);
  expect(paid.body.result.order.state).toBe('paid');
});
