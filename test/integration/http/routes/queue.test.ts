/** The waiting queue over HTTP. At most one entry is active, so the other users wait. */
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QueueEntry } from '../../../../src/commands/schemas/resources.ts';
import { effects } from '../../../support/effects.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
beforeAll(async () => {
  const settings = { MAX_ACTIVE: '1', MAX_WAITING: '3', ADMIT_LIMIT: '100' };
  seatlane = await startSeatlane({ settings });
});
afterAll(() => seatlane.stop());

async function aUser(subject: string) {
  const { client } = seatlane;
  const token = await client.tokenFor(subject);
  const look = () => client.request('GET', '/users/queue', { token });
  return {
    token,
    look,
    enter: () => client.command('POST', '/users/queue', { token }),
    leave: () => client.command('DELETE', '/users/queue', { token }),
    until: (state: QueueEntry['state']) =>
      waitFor(`${subject} is ${state}`, async () => {
        const { body } = await look();
        return body.state === state && (body as QueueEntry);
      }),
  };
}

/** Ends every entry as if its user had left, and clears what API processes have cached of them. */
async function everybodyLeaves(): Promise<void> {
  const open = await seatlane.rows<{ subject: string }>(
    `select subject from queue_entry join app_user on app_user.id = user_id
     where queue_entry.state <> 'ended' order by number desc`,
  );
  for (const { subject } of open) await (await aUser(subject)).leave();
}

test('the first user is admitted with a token, and the next ones wait in order', async () => {
  const [ada, bea, cleo] = [await aUser('ada'), await aUser('bea'), await aUser('cleo')];
  await ada.enter();
  const active = await ada.until('active');
  expect(active).toMatchObject({ position: 0, estimatedWaitSeconds: 0 });
  expect(active.queueToken).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(Date.parse(active.expiresAt ?? '')).toBeGreaterThan(0);

  const second = (await bea.enter()).body.result;
  const third = (await cleo.enter()).body.result;
  expect([second.number, third.number]).toEqual([active.number + 1, active.number + 2]);
  expect(active).toMatchObject({ waitingTicket: null, isWaitKnown: true });
  for (const place of [second, third]) {
    expect(place).toMatchObject({ state: 'waiting', queueToken: null });
    expect(place).toMatchObject({ expiresAt: null, bookingUntil: null });
    expect(place).toMatchObject({ isWaitKnown: true, isGathering: false });
    expect(place.estimatedWaitSeconds).toBeGreaterThanOrEqual(0);
  }
  await waitFor('the positions are counted', async () => {
    const places = [await bea.look(), await cleo.look()].map(({ body }) => body);
    return places[0].position === 1 && places[1].position === 2 && places[1].waiting === 2;
  });

  await ada.leave();
  expect((await bea.until('active')).number).toBe(second.number);
  expectProblem(await ada.look(), 404, 'QUEUE_ENTRY_NOT_FOUND');
  await everybodyLeaves();
});

test('every user who waits has the same ticket in each response, which names number and time of entry', async () => {
  const [ada, bea] = [await aUser('ada'), await aUser('bea')];
  await ada.enter();
  await ada.until('active');
  const entered = (await bea.enter()).body.result;
  const other = await seatlane.addApi();
  const polled = [
    (await bea.look()).body,
    (await other.request('GET', '/users/queue', { token: bea.token })).body,
    (await bea.enter()).body.result,
  ];
  for (const { enteredAt, waitingTicket } of polled) {
    expect({ enteredAt, waitingTicket }).toEqual({
      enteredAt: entered.enteredAt,
      waitingTicket: entered.waitingTicket,
    });
  }
  const { body: jwks } = await seatlane.client.request('GET', '/.well-known/jwks.json');
  const demanded = { issuer: 'seatlane', audience: 'seatlane-waiting', typ: 'waiting-ticket+jwt' };
  const { payload } = await jwtVerify(entered.waitingTicket, createLocalJWKSet(jwks), demanded);
  const seconds = Math.floor(Date.parse(entered.enteredAt) / 1000);
  expect(payload).toMatchObject({ sub: 'bea', number: entered.number, entered_at: seconds });
  const [row] = await seatlane.rows<{ seconds: number }>(
    `select floor(extract(epoch from entered_at))::int as seconds from queue_entry where number = ${entered.number}`,
  );
  expect(row?.seconds).toBe(seconds);
  await everybodyLeaves();
});

test('a ticket admits to nothing', async () => {
  const [ada, bea] = [await aUser('ada'), await aUser('bea')];
  await ada.enter();
  await ada.until('active');
  const { waitingTicket } = (await bea.enter()).body.result;
  const asToken = { token: bea.token, queueToken: waitingTicket };
  const path = '/concerts/1/schedules/bookable';
  const { client } = seatlane;
  expectProblem(await client.request('GET', path, asToken), 403, 'QUEUE_TOKEN_INVALID');
  const asAccess = { token: waitingTicket };
  expectProblem(await client.request('GET', '/users/queue', asAccess), 401, 'INVALID_TOKEN');
  await everybodyLeaves();
});

test('under a full ceiling the estimate follows the expiry of the sessions', async () => {
  // As long as the sessions of the other tests are recent, the estimate expects further ones to end as early.
  await seatlane.rows(`update queue_entry set entered_at = entered_at - interval '1 hour',
    admitted_at = admitted_at - interval '1 hour' where admitted_at is not null`);
  const [ada, bea] = [await aUser('ada'), await aUser('bea')];
  await ada.enter();
  await ada.until('active');
  await seatlane.rows(`update queue_entry set expires_at = now() + interval '2 minutes'
    where state = 'active'`);
  await bea.enter();
  await waitFor('the end of the session to be read', async () => {
    const { estimatedWaitSeconds } = (await bea.look()).body;
    return estimatedWaitSeconds > 100 && estimatedWaitSeconds < 125;
  });
  await everybodyLeaves();
});

test('entering again keeps the entry, whether it is waiting or active', async () => {
  const dora = await aUser('dora');
  const first = (await dora.enter()).body.result;
  expect((await dora.enter()).body.result.number).toBe(first.number);
  const active = await dora.until('active');
  const again = (await dora.enter()).body.result;
  expect(again).toMatchObject({ number: first.number, state: 'active' });
  expect(again.queueToken).toBe(active.queueToken);
  await everybodyLeaves();
});

test('leaving ends the entry, and leaving again is refused', async () => {
  const eva = await aUser('eva');
  const { number } = (await eva.enter()).body.result;
  await eva.until('active');
  expect((await eva.leave()).body.result).toMatchObject({
    number,
    state: 'ended',
    position: 0,
    enteredAt: expect.any(String),
    waiting: expect.any(Number),
    estimatedWaitSeconds: 0,
    waitingTicket: null,
    queueToken: null,
    expiresAt: null,
    bookingUntil: null,
  });
  const before = await effects(seatlane.rows);
  expectProblem(await eva.leave(), 404, 'QUEUE_ENTRY_NOT_FOUND');
  expect(await effects(seatlane.rows)).toEqual(before);
  expect((await eva.enter()).body.result.number).toBe(number + 1);
  await everybodyLeaves();
});

test('a user who has never entered has no entry', async () => {
  const stranger = await aUser('a stranger');
  expectProblem(await stranger.look(), 404, 'QUEUE_ENTRY_NOT_FOUND');
  expectProblem(await stranger.leave(), 404, 'QUEUE_ENTRY_NOT_FOUND');
});

test('a full queue refuses new users with Retry-After and keeps existing entries', async () => {
  const first = await aUser('the first');
  await first.enter();
  await first.until('active');
  const waiting = await Promise.all(['fay', 'gina', 'hana'].map(aUser));
  for (const { enter } of waiting) expect((await enter()).status).toBe(200);
  const before = await effects(seatlane.rows);
  const late = await aUser('ida');
  const answer = await late.enter();
  expectProblem(answer, 503, 'QUEUE_FULL');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(await effects(seatlane.rows)).toEqual(before);
  expect((await waiting[2]?.enter())?.status).toBe(200);
  await waiting[0]?.leave();
  expect((await late.enter()).status).toBe(200);
  await everybodyLeaves();
});

test('an expired session ends automatically, and its user can enter again', async () => {
  const jana = await aUser('jana');
  const { number } = (await jana.enter()).body.result;
  await jana.until('active');
  await seatlane.rows(`update queue_entry set expires_at = now() - interval '1 s'
    where number = ${number}`);
  expectProblem(await jana.look(), 404, 'QUEUE_ENTRY_NOT_FOUND');
  await waitFor('the session has ended', async () => {
    const [entry] = await seatlane.rows<{ reason: string }>(
      `select end_reason as reason from queue_entry where number = ${number}`,
    );
    return entry?.reason === 'expired';
  });
  expect((await jana.enter()).body.result.number).toBeGreaterThan(number);
  await everybodyLeaves();
});
