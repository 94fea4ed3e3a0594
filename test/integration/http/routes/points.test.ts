/** Points over HTTP: balance, charge, use, history. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effects } from '../../../support/effects.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
beforeAll(async () => {
  seatlane = await startSeatlane();
});
afterAll(() => seatlane.stop());

async function aUser(subject: string) {
  const token = await seatlane.client.tokenFor(subject);
  const move = async (kind: 'charge' | 'use', amount: number) =>
    seatlane.client.command('POST', `/points/${kind}`, { token, body: { amount } });
  const get = async (path: string) => (await seatlane.client.request('GET', path, { token })).body;
  return { move, get };
}

test('a user without a row has no points, and a read does not create a row', async () => {
  const { get } = await aUser('a stranger');
  expect(await get('/points')).toEqual({ balance: 0 });
  expect(await seatlane.rows(`select 1 from app_user where subject = 'a stranger'`)).toEqual([]);
});

test('charging and using points changes the balance', async () => {
  const { move, get } = await aUser('ada');
  expect((await move('charge', 100)).body.result).toEqual({ balance: 100 });
  expect((await move('use', 30)).body.result).toEqual({ balance: 70 });
  expect(await get('/points')).toEqual({ balance: 70 });
});

test('the largest and the smallest charge are accepted', async () => {
  const { move } = await aUser('bea');
  expect((await move('charge', 10_000_000)).body.result).toEqual({ balance: 10_000_000 });
  expect((await move('charge', 1)).body.result).toEqual({ balance: 10_000_001 });
});

test('using more points than the balance is refused and changes nothing', async () => {
  const { move } = await aUser('cleo');
  await move('charge', 100);
  const before = await effects(seatlane.rows);
  expectProblem(await move('use', 101), 409, 'INSUFFICIENT_POINTS');
  expectProblem(await move('use', 2_147_483_647), 409, 'INSUFFICIENT_POINTS');
  expectProblem(await move('use', 2_147_483_648), 400, 'VALIDATION_FAILED');
  expect(await effects(seatlane.rows)).toEqual(before);
});

test('the history lists every change, newest first, with the balance after it', async () => {
  const { move, get } = await aUser('dora');
  await move('charge', 100);
  await move('use', 30);
  await move('charge', 5);
  const line = { id: expect.any(Number), createdAt: expect.stringMatching(/Z$/) };
  expect(await get('/points/history')).toEqual({
    items: [
      { ...line, kind: 'charge', amount: 5, balance: 75 },
      { ...line, kind: 'use', amount: 30, balance: 70 },
      { ...line, kind: 'charge', amount: 100, balance: 100 },
    ],
    nextCursor: null,
  });
});

test('the history can be filtered by kind and time; `from` is inclusive, `to` is exclusive', async () => {
  const { move, get } = await aUser('eva');
  for (const amount of [1, 2, 3]) await move('charge', amount);
  await move('use', 4);
  const times = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'];
  const lines = await seatlane.rows<{ id: string }>(
    `select id from point_history
     where user_id = (select id from app_user where subject = 'eva') order by id`,
  );
  for (const [index, { id }] of lines.entries()) {
    await seatlane.rows(`update point_history set created_at = '${times[index]}' where id = ${id}`);
  }
  const amounts = async (query: string) =>
    (await get(`/points/history?${query}`)).items.map(({ amount }: { amount: number }) => amount);
  expect(await amounts('kind=use')).toEqual([4]);
  expect(await amounts('kind=refund')).toEqual([]);
  expect(await amounts('from=2026-01-02T00:00:00Z')).toEqual([4, 3, 2]);
  expect(await amounts('to=2026-01-03T00:00:00Z')).toEqual([2, 1]);
  expect(await amounts('from=2026-01-02T01:00:00%2B01:00&to=2026-01-03T00:00:00Z')).toEqual([2]);
  expect(await amounts('from=2026-01-03T00:00:00Z&to=2026-01-02T00:00:00Z')).toEqual([]);
  expect(await amounts('kind=charge&from=2026-01-02T00:00:00Z&limit=1')).toEqual([3]);
});

test('users see only their own points', async () => {
  const fay = await aUser('fay');
  await fay.move('charge', 7);
  const gina = await aUser('gina');
  expect(await gina.get('/points')).toEqual({ balance: 0 });
  expect((await gina.get('/points/history')).items).toEqual([]);
});

test('concurrent charges of one user add up', async () => {
  const { move, get } = await aUser('hana');
  await Promise.all(Array.from({ length: 50 }, () => move('charge', 3)));
  const uses = await Promise.all(Array.from({ length: 60 }, () => move('use', 3)));
  expect(uses.filter(({ status }) => status === 200)).toHaveLength(50);
  expect(await get('/points')).toEqual({ balance: 0 });
});

describe('points without money', () => {
  test('are given by operators to any user, also to one without a row', async () => {
    const token = await seatlane.client.tokenFor('operator', 'admin');
    const charge = (body: object) =>
      seatlane.client.command('POST', '/points/charge', { token, body });
    const { status, body } = await charge({ amount: 500, subject: 'somebody new' });
    expect([status, body.command]).toEqual([200, 'charge-points-as-operator']);
    expect(body.result).toEqual({ balance: 500 });
    const { get } = await aUser('somebody new');
    expect(await get('/points')).toEqual({ balance: 500 });
    expect((await charge({ amount: 5 })).body).toMatchObject({
      command: 'charge-points',
      result: { balance: 5 },
    });
  });

  test('are not given by one user to another', async () => {
    const token = await seatlane.client.tokenFor('ada');
    const body = { amount: 500, subject: 'ada' };
    const answer = await seatlane.client.command('POST', '/points/charge', { token, body });
    expectProblem(answer, 403, 'FORBIDDEN');
  });

  test('are for operators alone while OPEN_CHARGING is off', async () => {
    const { services } = seatlane;
    const settings = { OPEN_CHARGING: 'false' };
    const closed = await startSeatlane({ services, settings, workers: 0 });
    const charge = async (role?: 'admin' | 'gate') => {
      const token = await seatlane.client.tokenFor('ada', role);
      return closed.client.command('POST', '/points/charge', { token, body: { amount: 5 } });
    };
    const before = await effects(seatlane.rows);
    expectProblem(await charge(), 403, 'FORBIDDEN');
    expectProblem(await charge('gate'), 403, 'FORBIDDEN');
    expect(await effects(seatlane.rows)).toEqual(before);
    // Also what operators give themselves stays in their log.
    const { status, body } = await charge('admin');
    expect(status).toBe(200);
    const logged = await seatlane.rows(
      `select before ->> 'subject' as subject from operator_log where job_id = '${body.id}'`,
    );
    expect(logged).toEqual([{ subject: 'ada' }]);
    const page = await closed.client.request('GET', '/');
    expect(page.body).toContain('&quot;isChargingOpen&quot;:false');
    await closed.stop();
  });
});
