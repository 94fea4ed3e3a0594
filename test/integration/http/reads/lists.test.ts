/** Filters of lists: schedules by date, bookings by state and time. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endHolds } from '../../../support/end-holds.ts';
import { type AdmittedUser, inHours, scheduleBody } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { holdLock } from '../../../support/services/hold-lock.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
let operator: string;
beforeAll(async () => {
  seatlane = await startSeatlane();
  operator = await seatlane.client.tokenFor('operator', 'admin');
});
afterAll(() => seatlane.stop());

const get = (path: string, user: Partial<AdmittedUser> = {}) =>
  seatlane.client.request('GET', path, { token: user.token, queueToken: user.queueToken });

const idsOf = ({ body }: { body: { items: { id: number }[] } }) => body.items.map(({ id }) => id);

test.each(['schedules', 'schedules/bookable'])(
  'concurrent requests for %s of a concert share one read and leave connections free',
  async (list) => {
    const { concertId } = await seatlane.client.schedule();
    const path = `/concerts/${concertId}/${list}`;
    const lock = 'lock table schedule in access exclusive mode';
    const free = await holdLock(seatlane.services.databaseUrl, lock);
    const lockedReads = async () => {
      const [row] = await seatlane.rows<{
        count: number;
      }>(`select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%saleState%'`);
      return row?.count ?? 0;
    };
    const answers = Promise.all(Array.from({ length: 50 }, () => get(path, { token: operator })));
    await waitFor('a read that waits', async () => (await lockedReads()) > 0);
    expect((await get('/concerts')).status).toBe(200);
    expect(await lockedReads()).toBe(1);
    await free();
    for (const answer of await answers) {
      expect(answer.status).toBe(200);
      expect(answer.body.items).toHaveLength(1);
    }
  },
);

describe('the schedules of a concert', () => {
  let concertId: number;
  let path: string;
  const ids: number[] = [];
  /** Ids by start time; the schedules were created in another order. */
  let byStart: number[];
  const STARTS = [72, 48, 96, 48];

  beforeAll(async () => {
    concertId = (await seatlane.client.concert('Four evenings')).id;
    path = `/concerts/${concertId}/schedules`;
    for (const [place, start] of STARTS.entries()) {
      const window = [
        { bookingStartAt: inHours(-2), bookingEndAt: inHours(-1) },
        { bookingStartAt: inHours(-2), bookingEndAt: inHours(1) },
        { bookingStartAt: inHours(1), bookingEndAt: inHours(2) },
        { bookingStartAt: inHours(-2), bookingEndAt: inHours(1) },
      ][place];
      const times = { startAt: inHours(start + place / 100), endAt: inHours(start + 3) };
      const body = { ...scheduleBody(), ...window, ...times };
      const answer = await seatlane.client.command('POST', path, { token: operator, body });
      ids.push(answer.body.result.id);
    }
    byStart = [1, 3, 0, 2].map((place) => ids[place] as number);
  });

  test('are listed by start time without a token, with the state of their sale', async () => {
    const { status, body } = await get(path);
    expect(status).toBe(200);
    expect(idsOf({ body })).toEqual(byStart);
    expect(body.items.map((each: { saleState: string }) => each.saleState)).toEqual([
      'open',
      'open',
      'ended',
      'upcoming',
    ]);
    expect(body.items[0]).toMatchObject({ concertId, seatCount: 10 });
    expect(body.nextCursor).toBeNull();
  });

  test('are returned in pages', async () => {
    const found: number[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await get(`${path}?limit=1${cursor ? `&cursor=${cursor}` : ''}`);
      found.push(...idsOf({ body }));
      cursor = body.nextCursor;
    } while (cursor);
    expect(found).toEqual(byStart);
  });

  test('can be filtered by start time', async () => {
    const { items } = (await get(path)).body;
    const [first, , third] = items as { startAt: string }[];
    expect(idsOf(await get(`${path}?from=${third?.startAt}`))).toEqual(byStart.slice(2));
    expect(idsOf(await get(`${path}?to=${third?.startAt}`))).toEqual(byStart.slice(0, 2));
    const between = `from=${first?.startAt}&to=${third?.startAt}&limit=1`;
    const page = await get(`${path}?${between}`);
    expect(idsOf(page)).toEqual(byStart.slice(0, 1));
    const next = await get(`${path}?${between}&cursor=${page.body.nextCursor}`);
    expect(idsOf(next)).toEqual(byStart.slice(1, 2));
    expect(next.body.nextCursor).toBeNull();
  });

  test('that can be booked can be filtered too', async () => {
    const ada = await seatlane.client.admitted('ada');
    const bookable = (query = '') => get(`${path}/bookable${query}`, ada);
    expect(idsOf(await bookable())).toEqual([ids[1], ids[3]]);
    const [, second] = (await bookable()).body.items;
    expect(idsOf(await bookable(`?from=${second.startAt}`))).toEqual([ids[3]]);
    expect(idsOf(await bookable(`?to=${second.startAt}`))).toEqual([ids[1]]);
  });

  test('are not found if the concert does not exist', async () => {
    expectProblem(await get('/concerts/999999/schedules'), 404, 'CONCERT_NOT_FOUND');
  });

  test.each(['from=tomorrow', 'to=2026-13-01T00:00:00Z', 'form=x', 'cursor=nonsense'])(
    'with the query %s are refused',
    async (query) => expectProblem(await get(`${path}?${query}`), 400, 'VALIDATION_FAILED'),
  );
});

describe('bookings', () => {
  let user: AdmittedUser;
  /** One booking in each state. */
  let bookings: Record<string, number>;
  const list = (query: string) => get(`/concerts/bookings?${query}`, user);

  beforeAll(async () => {
    user = await seatlane.client.admitted('bea');
    const send = async (method: string, path: string, body?: object) =>
      (await seatlane.client.command(method, path, { ...user, ...(body && { body }) })).body;
    const schedule = await seatlane.client.schedule();
    await send('POST', '/points/charge', { amount: 1000 });
    const book = async (place: number): Promise<number> =>
      (await send('POST', `/concerts/seats/${schedule.seats[place]?.id}/book`)).result.id;
    const refunded = await book(0);
    await send('POST', `/concerts/bookings/${refunded}/pay`);
    await send('DELETE', `/concerts/bookings/${refunded}`);
    user = await seatlane.client.admitted('bea');
    const cancelled = await book(1);
    await send('DELETE', `/concerts/bookings/${cancelled}`);
    const paid = await book(2);
    await send('POST', `/concerts/bookings/${paid}/pay`);
    user = await seatlane.client.admitted('bea');
    const expired = await book(3);
    const ofExpired = `id = (select order_id from booking where id = ${expired})`;
    await endHolds(seatlane.rows, ofExpired, { holdEnd: 'now()', seatEnd: 'now()' });
    await waitFor('the hold to be ended', async () => {
      const { body } = await list('limit=1');
      return body.items[0].state === 'expired';
    });
    bookings = { refunded, cancelled, paid, expired };
  });

  test.each(['refunded', 'cancelled', 'paid', 'expired'])(
    'can be filtered by the state %s',
    async (state) => {
      expect(idsOf(await list(`state=${state}`))).toEqual([bookings[state]]);
    },
  );

  test('can be filtered by the state held, which ends when the hold expires', async () => {
    expect(idsOf(await list('state=held'))).toEqual([]);
  });

  test('can be filtered by time', async () => {
    const { items } = (await list('')).body as { items: { id: number; createdAt: string }[] };
    expect(items).toHaveLength(4);
    const [newest, second, third] = items;
    const from = await list(`from=${second?.createdAt}`);
    expect(idsOf(from)).toEqual([newest?.id, second?.id]);
    const between = `from=${third?.createdAt}&to=${newest?.createdAt}`;
    expect(idsOf(await list(between))).toEqual([second?.id, third?.id]);
    expect(idsOf(await list(`${between}&state=paid`))).toEqual([bookings.paid]);
    expect(idsOf(await list(`${between}&state=expired`))).toEqual([]);
  });

  test('are returned in pages within a filter', async () => {
    const to = encodeURIComponent(new Date(Date.now() + 60_000).toISOString());
    const first = await list(`to=${to}&limit=3`);
    const second = await list(`to=${to}&limit=3&cursor=${first.body.nextCursor}`);
    expect([...idsOf(first), ...idsOf(second)]).toEqual([
      bookings.expired,
      bookings.paid,
      bookings.cancelled,
      bookings.refunded,
    ]);
    expect(second.body.nextCursor).toBeNull();
  });

  test.each(['state=lost', 'from=never', 'kind=paid'])('with the query %s are refused', (query) =>
    list(query).then((answer) => expectProblem(answer, 400, 'VALIDATION_FAILED')),
  );
});

test('a booking in the stored outcome of an older version contains its performance and order', async () => {
  const schedule = await seatlane.client.schedule();
  const cleo = await seatlane.client.admitted('cleo');
  const [first, second] = schedule.seats;
  const one = await seatlane.client.command('POST', `/concerts/seats/${first?.id}/book`, cleo);
  const body = { seatIds: [second?.id] };
  const several = await seatlane.client.command('POST', '/concerts/bookings', { ...cleo, body });
  const newer = `array['startAt', 'concertTitle', 'orderId', 'areaId']`;
  await seatlane.rows(`update command_receipt
    set result = case when result::jsonb ? 'bookings'
      then jsonb_build_object('bookings', jsonb_build_array((result::jsonb -> 'bookings' -> 0) - ${newer}))
      else result::jsonb - ${newer} end
    where command in ('book-seat', 'book-seats')`);
  await seatlane.forgetInRedis('*');
  // The migration to orders gave each booking an order with its id.
  const expected = (booking: { id: number }) => ({ ...booking, orderId: booking.id });
  const oneJob = await get(`/jobs/${one.body.id}`, cleo);
  expect(oneJob.body.result).toEqual(expected(one.body.result));
  const severalJob = await get(`/jobs/${several.body.id}`, cleo);
  expect(severalJob.body.result.bookings).toEqual(several.body.result.bookings.map(expected));
  expect(one.body.result).toMatchObject({
    concertTitle: 'The Winter Gala',
    startAt: schedule.startAt,
  });
});
