/** The areas in the event stream of a schedule. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Area } from '../../../../src/commands/schemas/resources.ts';
import { endHolds } from '../../../support/end-holds.ts';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { streamEvents } from '../../../support/http/stream-events.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

const STANDING = { name: 'Standing', capacity: 20, price: 60 };
const BOX = { name: 'Box', capacity: 4, price: 90 };

let seatlane: TestSeatlane;
let ada: AdmittedUser;
beforeAll(async () => {
  seatlane = await startSeatlane({ settings: { MAX_SEATS_PER_USER: '100' } });
  ada = await seatlane.client.admitted('ada');
});
afterAll(() => seatlane.stop());

interface Areas {
  scheduleId: number;
  items: Area[];
}

const pathOf = (scheduleId: number) => `/concerts/schedules/${scheduleId}`;
const listed = async (scheduleId: number): Promise<Areas> =>
  (await seatlane.client.request('GET', `${pathOf(scheduleId)}/areas`, ada)).body;
const place = (scheduleId: number, body: object) =>
  seatlane.client.command('POST', '/orders', { ...ada, body: { scheduleId, ...body } });

/** The stream of a schedule, read until an event of this name. */
function follow(scheduleId: number, since = '') {
  const stream = streamEvents<Areas>(
    `${seatlane.client.base}${pathOf(scheduleId)}/events${since}`,
    ada,
  );
  const next = async (name: string) => {
    for (;;) {
      const { value } = await stream.next();
      if (!value) throw new Error('The stream has ended.');
      if (value.name === name) return value;
    }
  };
  return { next, end: () => stream.return(undefined) };
}

test('a stream begins with all areas, and then has each area whose places change', async () => {
  const { id } = await seatlane.client.schedule({ areas: [STANDING, BOX] });
  const { next, end } = follow(id);
  await next('reset');
  const all = await listed(id);
  expect(await next('areas')).toEqual({ name: 'areas', id: undefined, data: all });

  const [standing, box] = all.items;
  await place(id, { areas: [{ areaId: box?.id, quantity: 3 }] });
  const held = { scheduleId: id, items: [{ ...box, available: 1, held: 3 }] };
  expect((await next('areas')).data).toEqual(held);
  await place(id, { areas: [{ areaId: standing?.id, quantity: 2 }] });
  expect((await next('areas')).data.items).toEqual([{ ...standing, available: 18, held: 2 }]);
  await end();
});

test('a stream tells that the places of a hold that ran out are free', async () => {
  const { id } = await seatlane.client.schedule({ areas: [BOX], seats: undefined });
  const [box] = (await listed(id)).items;
  await place(id, { areas: [{ areaId: box?.id, quantity: 4 }] });
  const { next, end } = follow(id);
  expect((await next('areas')).data.items).toMatchObject([{ available: 0, held: 4 }]);
  const past = `now() - interval '1 s'`;
  await endHolds(seatlane.rows, `schedule_id = ${id}`, { holdEnd: past, seatEnd: past });
  expect((await next('areas')).data.items).toEqual([box]);
  await end();
});

test('a stream that resumes with its version has the areas as they are now', async () => {
  const { id, seats } = await seatlane.client.schedule({ areas: [BOX] });
  const [box] = (await listed(id)).items;
  const { body } = await seatlane.client.request('GET', `${pathOf(id)}/availability`, ada);
  await place(id, { seatIds: [seats[0]?.id], areas: [{ areaId: box?.id, quantity: 1 }] });
  const { next, end } = follow(id, `?version=${body.version}`);
  await next('seats');
  expect((await next('areas')).data.items).toEqual([{ ...box, available: 3, held: 1 }]);
  await end();
});
