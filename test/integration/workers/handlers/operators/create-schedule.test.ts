/** Creating a schedule, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { scheduleBody } from '../../../../support/http/client.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let concertId: number;
beforeAll(async () => {
  lane = await openTestLane();
  ({ concertId } = await lane.schedule());
});
afterAll(() => lane.stop());

const addSchedule = (input: object = {}) =>
  lane.command('create-schedule', {
    subject: 'operator',
    input: { concertId, ...scheduleBody(), ...input },
  });

test('succeeds: all seats are created available, in the order of the ranges', async () => {
  const seats = [
    { section: 'Stalls', row: 'B', from: 3, to: 5, price: 80 },
    { section: 'Stalls', row: 'A', from: 1, to: 2, price: 120 },
    { section: null, row: null, from: 7, to: 7, price: 0 },
  ];
  const schedule = await lane.result<{ id: number }>(addSchedule({ seats }));
  expect(schedule).toMatchObject({ concertId, seatCount: 6 });
  const found = await lane.rows<{ seat: string }>(
    `select concat_ws(' ', section, row_name, number, price, state, range_index) as seat
     from seat where schedule_id = ${schedule.id} order by id`,
  );
  expect(found.map(({ seat }) => seat)).toEqual([
    'Stalls B 3 80 available 0',
    'Stalls B 4 80 available 0',
    'Stalls B 5 80 available 0',
    'Stalls A 1 120 available 1',
    'Stalls A 2 120 available 1',
    '7 0 available 2',
  ]);
});

test('refuses a missing concert', () =>
  expectRefusal(lane, addSchedule({ concertId: 999_999 }), { code: 'CONCERT_NOT_FOUND' }));

test('one batch can create a concert and its schedule', async () => {
  const concert = lane.command('create-concert', {
    subject: 'operator',
    input: { title: 'New', description: null },
  });
  const [last] = await lane.rows<{ id: string }>(`select max(id) as id from concert`);
  const next = Number(last?.id) + 1;
  const finished = await lane.run(concert, addSchedule({ concertId: next }));
  expect(finished.map(({ outcome }) => outcome.state)).toEqual(['succeeded', 'succeeded']);
});

test('runs twice with one effect', () => expectOneEffect(lane, addSchedule()));

test('leaves nothing behind when a statement fails midway', () =>
  expectNothingBehind(lane, addSchedule(), 'insert on seat'));
