/** Admission: inactive users are skipped, unclaimed sessions end, and operators change its settings. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inHours } from '../../../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
let admin: string;
beforeAll(async () => {
  seatlane = await startSeatlane();
  admin = await seatlane.client.tokenFor('operator', 'admin');
});
afterAll(() => seatlane.stop());

const steer = (body: object) =>
  seatlane.client.command('POST', '/admin/admission', { token: admin, body });
const figures = async () =>
  (await seatlane.client.request('GET', '/admin/admission', { token: admin })).body;

async function enter(subject: string): Promise<string> {
  const token = await seatlane.client.tokenFor(subject);
  await seatlane.client.command('POST', '/users/queue', { token });
  return token;
}

const look = async (token: string) =>
  (await seatlane.client.request('GET', '/users/queue', { token })).body;

const untilState = (token: string, state: string) =>
  waitFor(`the place to be ${state}`, async () => (await look(token)).state === state);

test('no user is admitted while admission is paused, and every response shows the pause', async () => {
  expect((await steer({ isPaused: true })).body.result).toMatchObject({ isPaused: true });
  const token = await enter('paused');
  const waiting = { state: 'waiting', isPaused: true, isWaitKnown: false };
  expect(await look(token)).toMatchObject(waiting);
  await steer({ isPaused: false });
  await untilState(token, 'active');
});

test('operators can change the rate and the maximum, and reset them to the configured values', async () => {
  await steer({ admitLimit: 7, admitWindowSeconds: 20, maxActive: 9 });
  const other = await seatlane.addApi();
  const options = { token: admin };
  const read = () =>
    Promise.all(
      [seatlane.client, other].map((api) => api.request('GET', '/admin/admission', options)),
    );
  for (let turn = 0; turn < 5; turn += 1) {
    await steer({ admitLimit: 7 + turn, admitWindowSeconds: 20, maxActive: 9 });
    for (const { body } of await read()) {
      expect(body).toMatchObject({ admitLimit: 7 + turn, admitWindowSeconds: 20, maxActive: 9 });
    }
  }
  await steer({ admitLimit: null, admitWindowSeconds: null, maxActive: null });
  for (const { body } of await read()) expect(body.admitLimit).toBe(100_000);
});

test('a user cannot change the admission', async () => {
  const token = await seatlane.client.tokenFor('ada');
  const sent = await seatlane.client.command('POST', '/admin/admission', { token, body: {} });
  expect([sent.status, sent.body.code]).toEqual([403, 'FORBIDDEN']);
});

test('a user who has stopped polling is skipped, and is the first to be admitted after polling again', async () => {
  await steer({ isPaused: true });
  const away = await enter('away');
  const there = await enter('there');
  const ofAway = `user_id = (select id from app_user where subject = 'away')`;
  const noted = `select 1 from queue_entry where seen_at is not null and ${ofAway}`;
  await waitFor('the entering to be noted', async () => (await seatlane.rows(noted)).length === 1);
  await seatlane.rows(
    `update queue_entry set seen_at = now() - interval '10 minutes' where ${ofAway}`,
  );
  // Polls have been noted for long enough.
  await waitFor('the notes to begin', async () => {
    const noted =
      await seatlane.rows(`update presence_watch set watched_since = now() - interval '1 day'
      where noted_at is not null returning 1`);
    return noted.length === 1;
  });
  await steer({ isPaused: false });
  await untilState(there, 'active');
  await waitFor('the one who is away to be left', async () => (await figures()).passedOver === 1);
  expect(await look(away)).toMatchObject({ state: 'waiting', position: 1 });
  await untilState(away, 'active');
});

test('a user whose waiting has ended is told why, and can enter again', async () => {
  await steer({ isPaused: true });
  const token = await enter('gone');
  const ofGone = `user_id = (select id from app_user where subject = 'gone')`;
  await waitFor('the waiting to end', async () => {
    await seatlane.rows(`update presence_watch set watched_since = now() - interval '1 day'
      where noted_at is not null`);
    await seatlane.rows(`update queue_entry set seen_at = now() - interval '1 hour',
      entered_at = now() - interval '1 day' where state = 'waiting' and ${ofGone}`);
    const found = await seatlane.rows(
      `select 1 from queue_entry where state = 'ended' and ${ofGone}`,
    );
    return found.length > 0;
  });
  await waitFor('the end to be told', async () => (await look(token)).code !== undefined);
  const answer = await seatlane.client.request('GET', '/users/queue', { token });
  expect([answer.status, answer.body]).toMatchObject([
    404,
    { code: 'QUEUE_ENTRY_NOT_FOUND', endReason: 'away', endedAt: expect.stringMatching(/Z$/) },
  ]);
  const other = await seatlane.client.tokenFor('never there');
  const unknown = await seatlane.client.request('GET', '/users/queue', { token: other });
  expect(unknown.body).not.toHaveProperty('endReason');
  await enter('gone');
  await steer({ isPaused: false });
  await untilState(token, 'active');
});

test('the session of a user who never uses the queue token ends; a used session is kept', async () => {
  const [used, unused] = [await enter('used'), await enter('unused')];
  await Promise.all([untilState(used, 'active'), untilState(unused, 'active')]);
  const { queueToken } = await look(used);
  await seatlane.client.request('GET', '/concerts/1/schedules/bookable', {
    token: used,
    queueToken,
  });
  const claimed = `select 1 from queue_entry join app_user on app_user.id = user_id
    where subject = 'used' and claimed_at is not null`;
  await waitFor('the use to be noted', async () => (await seatlane.rows(claimed)).length === 1);
  await seatlane.rows(`update queue_entry set entered_at = entered_at - interval '2 hours',
    admitted_at = now() - interval '1 hour'
    where state = 'active'`);
  const ended = `select end_reason from queue_entry join app_user on app_user.id = user_id
    where subject = 'unused' and state = 'ended'`;
  const rows = await waitFor('the place to end', async () => {
    await seatlane.rows(`update presence_watch set watched_since = now() - interval '1 day'
      where noted_at is not null`);
    const found = await seatlane.rows<{ end_reason: string }>(ended);
    return found.length > 0 && found;
  });
  expect(rows).toEqual([{ end_reason: 'unclaimed' }]);
  expect((await look(used)).state).toBe('active');
});

test('the response contains the stock of a concert, and no user is admitted once all seats are sold', async () => {
  const schedule = await seatlane.client.schedule({ seats: [{ from: 1, to: 2, price: 0 }] });
  const buyer = await seatlane.client.admitted('buyer');
  const [one, other] = schedule.seats;
  const path = `/users/queue?concertId=${schedule.concertId}`;
  const stock = async () => (await seatlane.client.request('GET', path, buyer)).body.stock;
  await seatlane.client.command('POST', `/concerts/seats/${one?.id}/book`, buyer);
  await waitFor('the stock to show the hold', async () => (await stock()).held === 1);
  expect(await stock()).toEqual({ concertId: schedule.concertId, available: 1, held: 1 });
  const unknown = await seatlane.client.request('GET', '/users/queue?concertId=999999', buyer);
  expect(unknown.body.code).toBe('CONCERT_NOT_FOUND');

  await seatlane.rows(`update schedule set booking_end_at = now() where id <> ${schedule.id}`);
  const held = await seatlane.client.command('POST', `/concerts/seats/${other?.id}/book`, buyer);
  const bookings = await seatlane.client.request('GET', '/concerts/bookings', buyer);
  await seatlane.client.command('POST', `/concerts/bookings/${held.body.result.id}/pay`, buyer);
  const again = await seatlane.client.admitted('buyer');
  const first = bookings.body.items.find((held: { seatId: number }) => held.seatId === one?.id);
  await seatlane.client.command('POST', `/concerts/bookings/${first.id}/pay`, again);
  const late = await enter('too late');
  await waitFor('the end of the sale to be told', async () => (await look(late)).isSoldOut);
  expect(await look(late)).toMatchObject({ state: 'waiting', isWaitKnown: false });
  await seatlane.client.command('DELETE', '/users/queue', { token: late });
});

test('a draw produces the order of its seed, and the seed is published afterwards', async () => {
  const { client } = seatlane;
  const concert = await client.concert();
  const path = `/concerts/${concert.id}/draw`;
  const announce = { gathersAt: inHours(-1), opensAt: inHours(1) };
  const sent = await client.command('POST', path, { token: admin, body: announce });
  expect(sent.status).toBe(200);
  const before = (await client.request('GET', path)).body;
  expect(before).toMatchObject({ seed: null, drawnAt: null, seedHash: sent.body.result.seedHash });
  const twice = await client.command('POST', path, { token: admin, body: announce });
  expect(twice.body.code).toBe('DRAW_ALREADY_ANNOUNCED');

  await seatlane.rows(`update schedule set booking_end_at = now()`);
  const tokens = await Promise.all(
    Array.from({ length: 12 }, (_, index) => enter(`drawn ${index}`)),
  );
  const tickets = await Promise.all(
    tokens.map(async (token) => (await look(token)).number as number),
  );
  const gathering = { isGathering: true, opensAt: announce.opensAt, isWaitKnown: false };
  const first = tokens[0] as string;
  await waitFor('the draw to be shown', async () => (await look(first)).isGathering);
  expect(await look(first)).toMatchObject(gathering);
  expect((await look(first)).estimatedWaitSeconds).toBeGreaterThan(3000);
  await seatlane.rows(`update draw set opens_at = now()`);
  const drawn = await waitFor('the draw', async () => {
    const { body } = await client.request('GET', path);
    return body.drawnAt !== null && body;
  });
  const keyOf = (text: string) => createHash('sha256').update(text).digest('hex');
  expect(keyOf(drawn.seed)).toBe(drawn.seedHash);
  const { body: places } = await client.request('GET', `${path}/places?limit=100`);
  expect(keyOf(tickets.toSorted((a, b) => a - b).join())).toBe(drawn.ticketsHash);
  const mixed = keyOf(`${drawn.seed}:${drawn.ticketsHash}`);
  const order = tickets.toSorted((a, b) =>
    keyOf(`${mixed}:${a}`) < keyOf(`${mixed}:${b}`) ? -1 : 1,
  );
  expect(places.items.map((place: { ticket: number }) => place.ticket)).toEqual(order);
  expect(places.items[0].number).toBe(drawn.firstNumber);
  await Promise.all(tokens.map((token) => untilState(token, 'active')));
  expect((await client.request('GET', '/concerts/999999/draw')).body.code).toBe('DRAW_NOT_FOUND');
});

test('queue tokens can be verified with the published key', async () => {
  const { createLocalJWKSet, jwtVerify } = await import('jose');
  const { body } = await seatlane.client.request('GET', '/.well-known/jwks.json');
  const { queueToken } = await seatlane.client.admitted('checked');
  const { payload } = await jwtVerify(queueToken, createLocalJWKSet(body), {
    audience: 'seatlane-queue',
  });
  expect(payload.sub).toBe('checked');
  expect(JSON.stringify(body)).not.toContain('"d"');
});
