/** The operators' board: its login, its access token and its figures. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readUnfinishedCancellations } from '../../../src/db/reads/cancellations.ts';
import { addFailedRefund } from '../../support/money/failed-refund.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';

let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane();
});
afterAll(() => seatlane.stop());

const RIGHT = 'admin:test-password';
const open = (path: string, login: string | undefined = RIGHT, client = seatlane.client) =>
  client.request('GET', path, {
    headers: login ? { Authorization: `Basic ${Buffer.from(login).toString('base64')}` } : {},
  });

describe.each(['/admin', '/admin/session', '/admin/figures'])('%s', (path) => {
  test('requires the login, and refuses a wrong one', async () => {
    for (const login of ['', 'admin:', 'admin:wrong-password', 'root:test-password']) {
      const { status, headers, body } = await open(path, login);
      expect(status).toBe(401);
      expect(body.code).toBe('LOGIN_REQUIRED');
      expect(headers.get('www-authenticate')).toMatch(/^Basic/);
    }
  });

  test('does not accept an access token instead', async () => {
    const token = await seatlane.client.tokenFor('operator', 'admin');
    expect((await seatlane.client.request('GET', path, { token })).status).toBe(401);
  });

  test('does not exist without a configured password', async () => {
    const { services } = seatlane;
    const settings = { ADMIN_PASSWORD: undefined as unknown as string };
    const closed = await startSeatlane({ services, workers: 0, settings });
    expect((await open(path, RIGHT, closed.client)).status).toBe(404);
    await closed.stop();
  });
});

test('the page loads only its own files, and cannot be framed', async () => {
  const { status, headers, body } = await open('/admin');
  expect(status).toBe(200);
  expect(body).toMatch(/src="\/app\/[\w-]+\/web\/board\/main\.ts"/);
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('content-security-policy')).not.toContain('unsafe');
});

test('the board’s token has the role of an operator, and is not cached', async () => {
  const { body, headers } = await open('/admin/session');
  expect(headers.get('cache-control')).toBe('no-store');
  const asked = { token: body.accessToken };
  const { body: me } = await seatlane.client.request('GET', '/users/me', asked);
  expect(me).toMatchObject({ subject: 'admin', isAdmin: true });
  expect((await seatlane.client.request('GET', '/admin/admission', asked)).status).toBe(200);
});

test('there is no token if an identity provider issues tokens', async () => {
  const { services } = seatlane;
  const settings = {
    JWT_SECRET: undefined as unknown as string,
    DEV_ISSUER: 'false',
    JWKS_URL: 'http://127.0.0.1:9/keys',
    QUEUE_TOKEN_SECRET: 'another secret for tests, 32 bytes long',
  };
  const elsewhere = await startSeatlane({ services, workers: 0, settings });
  expect((await open('/admin/session', RIGHT, elsewhere.client)).body).toEqual({
    accessToken: null,
  });
  await elsewhere.stop();
});

test('the figures count seats by state, and name the owner of each lane', async () => {
  const { client } = seatlane;
  const { id, seats } = await client.schedule();
  const [first, second, third, fourth] = seats.map((seat) => seat.id);
  const ada = await client.admitted('ada');
  const book = (seatId?: number) => client.command('POST', `/concerts/seats/${seatId}/book`, ada);
  await client.command('POST', '/points/charge', { ...ada, body: { amount: 100 } });
  await book(first);
  const { body: held } = await book(second);
  await client.command('POST', `/concerts/bookings/${held.result.id}/pay`, ada);
  const token = await client.tokenFor('operator', 'admin');
  const blocked = { seatIds: [third, fourth], reason: 'Camera' };
  expect(
    (await client.command('POST', '/concerts/seats/block', { token, body: blocked })).body,
  ).toMatchObject({ state: 'succeeded' });

  const { body } = await open('/admin/figures');
  expect(body.schedules).toEqual([
    expect.objectContaining({
      id,
      title: 'The Winter Gala',
      timeZone: 'UTC',
      available: 6,
      held: 1,
      sold: 1,
      blocked: 2,
    }),
  ]);
  expect(body.lanes).toHaveLength(16);
  for (const { name, owner } of body.lanes) {
    expect(name).toMatch(/^(seat|user)-\d$/);
    expect(owner).toMatch(/\/\d+$/);
  }
});

test('the figures name the time zone of a cancelled performance', async () => {
  const { client, rows } = seatlane;
  const { id: scheduleId, concertId } = await client.schedule();
  const token = await client.tokenFor('operator', 'admin');
  const send = (method: string, path: string, body: object) =>
    client.command(method, path, { token, body });
  await send('PUT', `/concerts/${concertId}`, { timeZone: 'Asia/Seoul' });
  await send('POST', `/concerts/schedules/${scheduleId}/cancel`, { reason: 'Fire' });
  // As if orders were left.
  await rows(`update cancellation set is_checking = false, next_at = now() + interval '1 h'`);
  const shown = await readUnfinishedCancellations(seatlane.orm);
  expect(shown).toEqual([expect.objectContaining({ scheduleId, timeZone: 'Asia/Seoul' })]);
});

test('the figures list failed refunds to cards', async () => {
  const { client } = seatlane;
  const { id: scheduleId, seats } = await client.schedule();
  const user = await client.admitted('grace');
  const body = { scheduleId, seatIds: [seats[0]?.id] };
  const { body: placed } = await client.command('POST', '/orders', { ...user, body });
  const { id: orderId } = placed.result;
  const { id } = await addFailedRefund(seatlane.rows, { orderId, amount: 300 });
  const shown = await waitFor('the figures to be counted again', async () => {
    return (await open('/admin/figures')).body.failedRefunds[0];
  });
  expect(shown).toMatchObject({ id, orderId, subject: 'grace', failure: 'CARD_CLOSED' });
});

test('the figures show every queue, with its limits and what keeps users from being admitted', async () => {
  const { client } = seatlane;
  const token = await client.tokenFor('operator', 'admin');
  const concert = await client.concert('A concert with a queue');
  const limits = { admitLimit: 7, admitWindowSeconds: 2, maxActive: 70 };
  const { body: created } = await client.command('POST', '/queues', {
    token,
    body: { name: 'The night', concertIds: [concert.id], ...limits },
  });
  const queueId = created.result.id;
  await client.command('POST', `/queues/${queueId}/admission`, { token, body: { isPaused: true } });
  const lin = await client.tokenFor('lin');
  await client.command('POST', `/queues/${queueId}/entry`, { token: lin });

  const ofNight = () => shown(queueId);
  const shown = async (id: number) =>
    (await open('/admin/figures')).body.queues.find((queue: { id: number }) => queue.id === id);
  await waitFor('the counters to be read', async () => (await ofNight()).waiting === 1);
  expect(await ofNight()).toEqual({
    id: queueId,
    name: 'The night',
    state: 'paused',
    opensAt: null,
    ...limits,
    waiting: 1,
    active: 0,
    admittedLastMinute: 0,
  });
  expect(await shown(1)).toMatchObject({ state: 'open', name: expect.any(String) });

  await client.command('POST', `/queues/${queueId}/admission`, {
    token,
    body: { isPaused: false },
  });
  const opensAt = new Date(Date.now() + 3_600_000).toISOString();
  const gathersAt = new Date(Date.now() - 1000).toISOString();
  await client.command('POST', `/concerts/${concert.id}/draw`, {
    token,
    body: { gathersAt, opensAt },
  });
  await waitFor('the draw to gather', async () => (await ofNight()).state === 'gathering');
  expect(await ofNight()).toMatchObject({ opensAt });
  const { body } = await client.request('GET', `/queues/${queueId}/admission`, { token });
  expect(body).toMatchObject({ queueId, isGathering: true, isPaused: false });
});
