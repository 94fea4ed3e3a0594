/** Waiting queues over HTTP: operators create them, and a token of one opens nothing of another. */
import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AdmittedUser, inHours } from '../../../support/http/client.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
let operator: string;
/** A schedule whose concert has a queue of its own, and one of the house queue. */
let own: { concertId: number; scheduleId: number; seatId: number; queueId: number };
let house: typeof own;

beforeAll(async () => {
  seatlane = await startSeatlane({ settings: { MAX_ACTIVE: '1000', MAX_ACTIVE_TOTAL: '1500' } });
  operator = await seatlane.client.tokenFor('operator', 'admin');
  own = await onSale();
  house = await onSale();
  const created = await create({ concertIds: [own.concertId], maxActive: 400 });
  own.queueId = created.body.result.id;
});
afterAll(() => seatlane.stop());

async function onSale() {
  const { id: scheduleId, concertId, seats } = await seatlane.client.schedule();
  return { concertId, scheduleId, seatId: seats[0]?.id as number, queueId: 1 };
}

const create = (body: object, headers: Record<string, string> = {}) =>
  seatlane.client.command('POST', '/queues', {
    token: operator,
    headers,
    body: { name: 'Own', ...body },
  });

/** A user who was admitted by a queue, over its own routes. */
async function admittedBy(queueId: number, subject: string): Promise<AdmittedUser> {
  const { client } = seatlane;
  const token = await client.tokenFor(subject);
  const path = `/queues/${queueId}/entry`;
  expect((await client.command('POST', path, { token })).body).toMatchObject({
    state: 'succeeded',
    result: { queueId },
  });
  return waitFor('the admission', async () => {
    const { body } = await client.request('GET', path, { token });
    return body.queueToken ? { subject, token, queueToken: body.queueToken } : undefined;
  });
}

test('a queue is listed with its state and its concerts, without a login', async () => {
  const { client } = seatlane;
  const { body: queue } = await client.request('GET', `/queues/${own.queueId}`);
  expect(queue).toMatchObject({
    id: own.queueId,
    name: 'Own',
    state: 'open',
    concertIds: [own.concertId],
    maxActive: 400,
  });
  const first = await client.request('GET', '/queues?limit=1');
  expect(first.body.items).toMatchObject([{ id: 1, concertIds: [house.concertId] }]);
  const second = await client.request('GET', `/queues?limit=1&cursor=${first.body.nextCursor}`);
  expect(second.body).toMatchObject({ items: [{ id: own.queueId }], nextCursor: null });
  const { body: concert } = await client.request('GET', `/concerts/${own.concertId}`);
  expect(concert.queueId).toBe(own.queueId);
});

test('a change of a queue shows', async () => {
  const { client } = seatlane;
  const { concertId } = await onSale();
  const { body } = await create({ name: 'New', concertIds: [concertId], maxActive: 1 });
  const { id } = body.result;
  // On a busy machine an outcome may be read before it is announced, and the change shows with the next refresh.
  const shows = (expected: object) =>
    waitFor(`the queue shows ${JSON.stringify(expected)}`, async () => {
      const { body: queue } = await client.request('GET', `/queues/${id}`);
      return Object.entries(expected).every(([name, value]) => queue[name] === value);
    });
  await shows({ state: 'open', waiting: 0 });
  const listed = await client.request('GET', '/queues?limit=100');
  expect(listed.body.items.at(-1)).toMatchObject({ id, state: 'open', waiting: 0 });
  await client.command('POST', `/queues/${id}/admission`, {
    token: operator,
    body: { isPaused: true },
  });
  for (const subject of ['fay', 'gil']) {
    await client.command('POST', `/queues/${id}/entry`, { token: await client.tokenFor(subject) });
  }
  await shows({ state: 'paused', waiting: 2 });
  const gil = { token: await client.tokenFor('gil') };
  await client.command('DELETE', `/queues/${id}/entry`, gil);
  await shows({ waiting: 1 });
  await client.command('POST', `/queues/${id}/admission`, {
    token: operator,
    body: { isPaused: false },
  });
  const draw = { gathersAt: new Date().toISOString(), opensAt: inHours(1) };
  await client.command('POST', `/concerts/${concertId}/draw`, { token: operator, body: draw });
  await shows({ state: 'gathering' });
});

test('a queue that does not exist is not found, by any route', async () => {
  const { client } = seatlane;
  const user = { token: await client.tokenFor('ada') };
  const asOperator = { token: operator };
  for (const [method, path, given] of [
    ['GET', '/queues/999', {}],
    ['GET', '/queues/99999999999', {}],
    ['POST', '/queues/999/entry', user],
    ['GET', '/queues/999/entry', user],
    ['DELETE', '/queues/999/entry', user],
    ['GET', '/queues/999/admission', asOperator],
    ['POST', '/queues/999/admission', asOperator],
  ] as const) {
    const { status, body } = await client.request(method, path, given);
    expect([path, status, body.code]).toEqual([path, 404, 'QUEUE_NOT_FOUND']);
  }
});

test('only operators create queues, each concert has one at most, and the ceiling holds', async () => {
  const { client } = seatlane;
  const concertIds = [house.concertId];
  const token = await client.tokenFor('ada');
  const refused = await client.command('POST', '/queues', {
    token,
    body: { name: 'x', concertIds },
  });
  expect(refused.status).toBe(403);
  const twice = await create({ concertIds: [own.concertId] });
  expect([twice.status, twice.body]).toMatchObject([
    409,
    { code: 'CONCERT_HAS_QUEUE', concertId: own.concertId },
  ]);
  const large = await create({ concertIds, maxActive: 101 });
  expect([large.status, large.body.code]).toEqual([409, 'ADMISSION_CEILING_EXCEEDED']);
});

test('the routes of the house queue are those of queue 1, also for retries', async () => {
  const { client } = seatlane;
  const token = await client.tokenFor('rob');
  const headers = { 'Idempotency-Key': 'rob-enters' };
  const first = await client.command('POST', '/users/queue', { token, headers });
  const again = await client.command('POST', '/queues/1/entry', { token, headers });
  expect(again.body.id).toBe(first.body.id);
  const { body } = await client.request('GET', '/queues/1/entry', { token });
  expect(body.number).toBe(first.body.result.number);
});

describe('a token of one queue', () => {
  let inHouse: AdmittedUser;
  let inOwn: AdmittedUser;
  beforeAll(async () => {
    inHouse = await admittedBy(1, 'hanna');
    inOwn = await admittedBy(own.queueId, 'oskar');
  });

  const reads = ({ concertId, scheduleId }: typeof own) => [
    `/concerts/${concertId}/schedules/bookable`,
    `/concerts/schedules/${scheduleId}/seats`,
    `/concerts/schedules/${scheduleId}/availability`,
    `/concerts/schedules/${scheduleId}/areas`,
    `/concerts/schedules/${scheduleId}/events`,
  ];
  const commands = ({ scheduleId, seatId }: typeof own) =>
    [
      [`/concerts/seats/${seatId}/book`, undefined],
      ['/concerts/bookings', { seatIds: [seatId] }],
      ['/orders', { scheduleId, seatIds: [seatId] }],
      ['/orders', { scheduleId, bestAvailable: { quantity: 1 } }],
    ] as const;

  test('is tried below at every read that requires one', async () => {
    const { paths } = (await seatlane.client.request('GET', '/openapi.json')).body;
    const queued = Object.keys(paths).filter((path) =>
      paths[path].get?.security.some((scheme: object) => 'queueToken' in scheme),
    );
    const { concertId, scheduleId } = own;
    const filled = queued.map((path) =>
      path.replace('{concertId}', `${concertId}`).replace('{scheduleId}', `${scheduleId}`),
    );
    expect(reads(own).toSorted()).toEqual(filled.toSorted());
  });

  test('opens no read about a concert of another queue, and the right token does', async () => {
    const { client } = seatlane;
    for (const [user, sale] of [
      [inHouse, own],
      [inOwn, house],
    ] as const) {
      for (const path of reads(sale)) {
        const { status, body } = await client.request('GET', path, user);
        expect([path, status, body]).toMatchObject([
          path,
          403,
          { code: 'QUEUE_TOKEN_WRONG_QUEUE', queueId: sale.queueId },
        ]);
      }
    }
    for (const path of reads(own).slice(0, 4)) {
      expect((await client.request('GET', path, inOwn)).status).toBe(200);
    }
  });

  test('books nothing of another queue, with and without an idempotency key', async () => {
    const { client } = seatlane;
    for (const [user, sale] of [
      [inHouse, own],
      [inOwn, house],
    ] as const) {
      for (const [index, [path, body]] of commands(sale).entries()) {
        for (const headers of [{}, { 'Idempotency-Key': `wrong ${sale.queueId} ${index}` }]) {
          const given = { ...user, headers, ...(body && { body }) };
          const { status, body: problem } = await client.command('POST', path, given);
          expect([path, status, problem]).toMatchObject([
            path,
            403,
            { code: 'QUEUE_TOKEN_WRONG_QUEUE', queueId: sale.queueId },
          ]);
        }
      }
    }
  });

  test('books what its queue admits to', async () => {
    const path = `/concerts/seats/${own.seatId}/book`;
    expect((await seatlane.client.command('POST', path, inOwn)).body.state).toBe('succeeded');
  });

  test('is refused as soon as the concert has a queue of its own', async () => {
    const { client } = seatlane;
    const sale = await onSale();
    const [path = ''] = reads(sale);
    expect((await client.request('GET', path, inHouse)).status).toBe(200);
    const { body } = await create({ concertIds: [sale.concertId], maxActive: 1 });
    const refused = await client.request('GET', path, inHouse);
    expect(refused.body).toMatchObject({
      code: 'QUEUE_TOKEN_WRONG_QUEUE',
      queueId: body.result.id,
    });
  });
});

test('the draw of a moved concert can still be read and verified, before and after it is held', async () => {
  const { client } = seatlane;
  const { concertId } = await onSale();
  const path = `/concerts/${concertId}/draw`;
  const announced = await client.command('POST', path, {
    token: operator,
    body: { gathersAt: inHours(-1), opensAt: inHours(1) },
  });
  const { seedHash } = announced.body.result;
  const created = await create({ concertIds: [concertId], maxActive: 1 });
  const { body: gathering } = await client.request('GET', path);
  expect(gathering).toMatchObject({ concertId, queueId: 1, seedHash, seed: null });
  await seatlane.rows(`update draw set opens_at = now() where concert_id = ${concertId}`);
  const drawn = await waitFor('the draw', async () => {
    const { body } = await client.request('GET', path);
    return body.drawnAt ? body : undefined;
  });
  expect(hash('sha256', drawn.seed, 'hex')).toBe(seedHash);
  expect((await client.request('GET', `${path}/places`)).status).toBe(200);
  const later = { gathersAt: inHours(8), opensAt: inHours(9) };
  await client.command('POST', path, { token: operator, body: later });
  const { body: current } = await client.request('GET', path);
  expect(current).toMatchObject({ queueId: created.body.result.id, drawnAt: null });
});

test('operators pause one queue, and the other admits', async () => {
  const { client } = seatlane;
  const path = `/queues/${own.queueId}/admission`;
  const paused = await client.command('POST', path, { token: operator, body: { isPaused: true } });
  expect(paused.body.result).toMatchObject({ queueId: own.queueId, isPaused: true });
  const { body } = await client.request('GET', `/queues/${own.queueId}`);
  expect(body.state).toBe('paused');
  await admittedBy(1, 'pia');
  const { body: house } = await client.request('GET', '/admin/admission', { token: operator });
  expect(house).toMatchObject({ queueId: 1, isPaused: false });
});

test('metrics tell queues apart', async () => {
  const text = await (await fetch(`${seatlane.client.base}/metrics`)).text();
  expect(text).toMatch(/^seatlane_queue_active_max\{queue="1"\} 1000$/m);
  expect(text).toContain(`seatlane_admission_paused{queue="${own.queueId}"} 1`);
  expect(text).toContain(`seatlane_admission_gathering{queue="${own.queueId}"} 0`);
  expect(text).toContain(`seatlane_draw_overdue_seconds{queue="${own.queueId}"} 0`);
});
