/** Lanes that are delayed on purpose: a payment is judged by the time of its acceptance, and other lanes are not delayed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endHolds } from '../../../support/end-holds.ts';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { holdLock } from '../../../support/services/hold-lock.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane({ workers: 0 });
  await seatlane.addWorker({ parts: ['seat', 'timers'] });
});
afterAll(() => seatlane.stop());

const userLanes = () => seatlane.addWorker({ parts: ['user'] });

/** A hold, and its payment, pending in a lane without a consumer. */
async function aPaymentThatWaits(subject: string) {
  const { client } = seatlane;
  const worker = await userLanes();
  const schedule = await client.schedule();
  const user = await client.admitted(subject);
  await client.command('POST', '/points/charge', { ...user, body: { amount: 100 } });
  const seatId = schedule.seats[0]?.id as number;
  const held = await client.command('POST', `/concerts/seats/${seatId}/book`, user);
  const other = await client.admitted(`${subject}’s rival`);
  await worker.stop();
  const path = `/concerts/bookings/${held.body.result.id}/pay`;
  const accepted = await client.request('POST', path, user);
  expect(accepted.status).toBe(202);
  // The hold ends after the payment was accepted and before the payment is applied.
  await endHolds(seatlane.rows, `id = ${held.body.result.orderId}`, { holdEnd: 'now()' });
  return { user, other, seatId, jobId: accepted.body.id as string };
}

async function outcomeOf(jobId: string, user: AdmittedUser) {
  const headers = { Prefer: 'wait=20' };
  return (await seatlane.client.request('GET', `/jobs/${jobId}`, { ...user, headers })).body;
}

const book = (user: AdmittedUser, seatId: number) =>
  seatlane.client.command('POST', `/concerts/seats/${seatId}/book`, user);

test('a payment accepted before the end of the hold succeeds after it, and a rival booking is refused', async () => {
  const { user, other, seatId, jobId } = await aPaymentThatWaits('ada');
  await seatlane.rows(`update seat set held_until = now() + interval '10 s' where id = ${seatId}`);
  expect((await book(other, seatId)).body.code).toBe('SEAT_ALREADY_HELD');
  const worker = await userLanes();
  expect(await outcomeOf(jobId, user)).toMatchObject({ state: 'succeeded' });
  expect((await book(other, seatId)).body.code).toBe('SEAT_ALREADY_SOLD');
  await worker.stop();
});

test('after the grace period too a rival is refused as long as the payment waits, and then it succeeds', async () => {
  const { user, other, seatId, jobId } = await aPaymentThatWaits('bea');
  await seatlane.rows(`update seat set held_until = now() where id = ${seatId}`);
  expect((await book(other, seatId)).body.code).toBe('SEAT_ALREADY_HELD');
  const worker = await userLanes();
  expect(await outcomeOf(jobId, user)).toMatchObject({ state: 'succeeded' });
  expect((await seatlane.client.request('GET', '/points', user)).body.balance).toBeLessThan(100);
  expect((await book(other, seatId)).body.code).toBe('SEAT_ALREADY_SOLD');
  await worker.stop();
});

test('a seat that another session has locked delays its own lane and no other', async () => {
  const { client, services } = seatlane;
  const worker = await userLanes();
  const { seats } = await client.schedule();
  const user = await client.admitted('cleo');
  const [locked] = seats;
  const free = await holdLock(
    services.databaseUrl,
    `select from seat where id = ${locked?.id} for update`,
  );
  const path = `/concerts/seats/${locked?.id}/book`;
  const held = await client.request('POST', path, user);
  const charges = Array.from({ length: 20 }, (_, place) =>
    client
      .tokenFor(`charger ${place}`)
      .then((token) => client.command('POST', '/points/charge', { token, body: { amount: 5 } })),
  );
  for (const { status } of await Promise.all(charges)) expect(status).toBe(200);
  expect((await client.request('GET', `/jobs/${held.body.id}`, user)).body.state).not.toBe(
    'succeeded',
  );
  await free();
  expect(await outcomeOf(held.body.id, user)).toMatchObject({ state: 'succeeded' });
  await worker.stop();
});
