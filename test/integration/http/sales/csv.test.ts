/** All orders of a performance as CSV: ten thousand of them, read back by a strict reader. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem } from '../../../support/http/problems.ts';
import { readStrictCsv } from '../../../support/http/strict-csv.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

const ORDERS = 10_000;
/** The subjects of users are texts of strangers. */
const STRANGE = `=cmd|' /C calc'!A0,"quoted"`;

let seatlane: TestSeatlane;
let token: string;
let scheduleId: number;
beforeAll(async () => {
  seatlane = await startSeatlane();
  token = await seatlane.client.tokenFor('operator', 'admin');
  scheduleId = (await seatlane.client.schedule()).id;
  const { rows } = seatlane;
  await rows(
    `insert into app_user (subject, name) values ('${STRANGE.replaceAll("'", "''")}', '+1'), ('plain', null)`,
  );
  await rows(`insert into seat (schedule_id, range_index, section, row_name, number, price, state)
    select ${scheduleId}, 7, '-Stalls, left', 'B', n, 50, 'sold' from generate_series(1, ${ORDERS}) n`);
  await rows(`insert into app_order (user_id, concert_id, schedule_id, queue_id, state, total, hold_expires_at, created_at,
      paid_at, job_id)
    select case when number % 2 = 0 then (select id from app_user where name = '+1')
      else (select id from app_user where subject = 'plain') end,
      1, ${scheduleId}, 1, 'paid', price, now(), now(), now(), 'past-' || number
    from seat where range_index = 7 order by number`);
  await rows(`insert into booking (order_id, user_id, concert_id, schedule_id, seat_id, price, hold_expires_at, created_at, job_id)
    select app_order.id, user_id, 1, ${scheduleId}, seat.id, price, now(), now(), job_id
    from app_order join seat on job_id = 'past-' || number and range_index = 7`);
});
afterAll(async () => {
  // The audit after all tests would find no payments behind these rows.
  await seatlane.rows(`delete from booking where job_id like 'past-%'`);
  await seatlane.rows(`delete from app_order where job_id like 'past-%'`);
  await seatlane.rows(`delete from seat where range_index = 7`);
  await seatlane.stop();
});

const path = (id = scheduleId) => `/concerts/schedules/${id}/orders.csv`;

test('ten thousand orders come back one by one, with no cell that is a formula', async () => {
  const { status, headers, body } = await seatlane.client.request('GET', path(), { token });
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  expect(headers.get('content-disposition')).toBe(
    `attachment; filename="orders-${scheduleId}.csv"`,
  );
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-length')).toBeNull();
  const [names, ...records] = readStrictCsv(body);
  expect(names).toEqual(
    ['order', 'state', 'user', 'name', 'placed_at', 'paid_at', 'ended_at'].concat([
      'places',
      'place_names',
      'total',
      'refunded',
    ]),
  );
  const known = await seatlane.rows<{ id: number }>(
    `select id::int from app_order where schedule_id = ${scheduleId} order by id`,
  );
  expect(records.map(([order]) => Number(order))).toEqual(known.map(({ id }) => id));
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  const [first, second] = records;
  expect(first?.slice(1)).toEqual([
    ...['paid', 'plain', '', time, time, '', '1'],
    ...["'-Stalls, left B 1", '50', '0'],
  ]);
  expect(second?.slice(1, 4)).toEqual(['paid', `'${STRANGE}`, "'+1"]);
  expect(records.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
});

test('a client that goes away in the middle leaves no connection of the pool in use', async () => {
  for (let count = 0; count < 6; count += 1) {
    const response = await fetch(seatlane.client.base + path(), {
      headers: { Authorization: `Bearer ${token}` },
    });
    await response.body?.cancel();
  }
  const { status } = await seatlane.client.request('GET', path(), { token });
  expect(status).toBe(200);
});

test('if a later piece cannot be read, the connection is cut, so that the client does not take the file for whole', async () => {
  // No date of JavaScript: the process fails to write the order down.
  const spoil = (paidAt: string) =>
    seatlane.rows(`update app_order set paid_at = ${paidAt} where id = (
      select id from app_order where schedule_id = ${scheduleId} order by id offset 1500 limit 1)`);
  await spoil(`'infinity'`);
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(seatlane.client.base + path(), { headers });
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow('terminated');
  await spoil('created_at');
  const whole = await fetch(seatlane.client.base + path(), { headers });
  expect(readStrictCsv(await whole.text())).toHaveLength(1 + ORDERS);
});

test('a schedule without orders has only the names of the columns, and one that does not exist is a 404', async () => {
  const { id } = await seatlane.client.schedule();
  const { body } = await seatlane.client.request('GET', path(id), { token });
  expect(readStrictCsv(body)).toHaveLength(1);
  const answer = await seatlane.client.request('GET', path(999_999), { token });
  expectProblem(answer, 404, 'SCHEDULE_NOT_FOUND');
});
