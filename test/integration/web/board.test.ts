/** The operators' board: who gets to it, the token that it works with, the figures that it shows. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

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
  test('asks for the login, and takes no wrong one', async () => {
    for (const login of ['', 'admin:', 'admin:wrong-password', 'root:test-password']) {
      const { status, headers, body } = await open(path, login);
      expect(status).toBe(401);
      expect(body.code).toBe('LOGIN_REQUIRED');
      expect(headers.get('www-authenticate')).toMatch(/^Basic/);
    }
  });

  test('takes no access token in its place', async () => {
    const token = await seatlane.client.tokenFor('operator', 'admin');
    expect((await seatlane.client.request('GET', path, { token })).status).toBe(401);
  });

  test('is not there without a password', async () => {
    const { services } = seatlane;
    const settings = { ADMIN_PASSWORD: undefined as unknown as string };
    const closed = await startSeatlane({ services, workers: 0, settings });
    expect((await open(path, RIGHT, closed.client)).status).toBe(404);
    await closed.stop();
  });
});

test('the page has its own files alone, and may not be framed', async () => {
  const { status, headers, body } = await open('/admin');
  expect(status).toBe(200);
  expect(body).toMatch(/src="\/app\/[\w-]+\/web\/board\/main\.ts"/);
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('content-security-policy')).not.toContain('unsafe');
});

test('the board’s token is an operator’s, and is kept by nobody', async () => {
  const { body, headers } = await open('/admin/session');
  expect(headers.get('cache-control')).toBe('no-store');
  const asked = { token: body.accessToken };
  const { body: me } = await seatlane.client.request('GET', '/users/me', asked);
  expect(me).toMatchObject({ subject: 'admin', isAdmin: true });
  expect((await seatlane.client.request('GET', '/admin/admission', asked)).status).toBe(200);
});

test('there is no token where an identity provider signs them', async () => {
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

test('figures count seats by state, and name each lane’s owner', async () => {
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
      ...{ id, title: 'The Winter Gala', available: 6, held: 1, sold: 1, blocked: 2 },
    }),
  ]);
  expect(body.lanes).toHaveLength(16);
  for (const { name, owner } of body.lanes) {
    expect(name).toMatch(/^(seat|user)-\d$/);
    expect(owner).toMatch(/\/\d+$/);
  }
});
