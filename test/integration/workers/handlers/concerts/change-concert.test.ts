/** Changing concerts, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

/** The first bytes of a PNG. */
const PNG = Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1').toString('base64');

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const operator = (name: Parameters<TestLane['command']>[0], input: object) =>
  lane.command(name, { subject: 'operator', input });

const inputs = {
  'edit-concert': { venue: 'The hall' },
  'set-concert-image': { type: 'image/png', data: PNG },
  'close-concert': { reason: 'Sold elsewhere' },
  'reopen-concert': {},
} as const;

test.each(Object.entries(inputs))(
  '%s has one effect, and none if a statement fails',
  async (name, input) => {
    const { concertId } = await lane.schedule();
    const command = () => operator(name as keyof typeof inputs, { concertId, ...input });
    await expectNothingBehind(lane, command(), 'update on concert');
    await expectOneEffect(lane, command());
    const missing = operator(name as keyof typeof inputs, { concertId: 999_999, ...input });
    await expectRefusal(lane, missing, { code: 'CONCERT_NOT_FOUND' });
  },
);

test('a missing field of a concert stays as it is, and null takes it away', async () => {
  const { concertId } = await lane.schedule();
  const all = {
    title: 'The Gala',
    description: 'Bells',
    venue: 'The hall',
    timeZone: 'Asia/Seoul',
  };
  expect(await lane.result(operator('edit-concert', { concertId, ...all }))).toMatchObject(all);
  const change = { concertId, description: null, timeZone: 'Europe/Berlin' };
  expect(await lane.result(operator('edit-concert', change))).toMatchObject({
    ...all,
    description: null,
    timeZone: 'Europe/Berlin',
  });
});

test('a new picture takes the place of the one before, and has another address', async () => {
  const { concertId } = await lane.schedule();
  const put = (end: string) => {
    const data = Buffer.from(`\x89PNG\r\n\x1a\n0000${end}`, 'latin1').toString('base64');
    return lane.result<{ image: string }>(
      operator('set-concert-image', { concertId, type: 'image/png', data }),
    );
  };
  const [first, second] = [await put('a'), await put('b')];
  expect(first.image).not.toBe(second.image);
  const kept = await lane.rows(`select hash, convert_from(substring(bytes from 13), 'utf8') as rest
    from concert_image where concert_id = ${concertId}`);
  expect(kept).toEqual([{ hash: second.image.split('v=')[1], rest: 'b' }]);
});

test('while a sale is closed nothing of it can be held, and what is held can be paid', async () => {
  const { id: scheduleId, concertId, seatIds } = await lane.schedule();
  const [ada, bob] = [await lane.buyer('ada'), await lane.buyer('bob')];
  const held = await lane.hold(ada, seatIds[0] as number);
  await lane.result(operator('close-concert', { concertId, reason: 'Sold elsewhere' }));
  const order = (input: object) =>
    lane.command('place-order', { ...bob, input: { scheduleId, ...input } });
  const closed = { code: 'SALE_CLOSED' };
  await expectRefusal(lane, order({ seatIds: [seatIds[1]] }), closed);
  await expectRefusal(lane, order({ bestAvailable: { quantity: 2 } }), closed);
  await lane.points('ada', 100);
  await lane.result(lane.command('pay-booking', { ...ada, input: { bookingId: held.id } }));
  await lane.result(operator('reopen-concert', { concertId }));
  await lane.result(order({ seatIds: [seatIds[1]] }));
});

test('places of areas cannot be held while the sale is closed', async () => {
  const {
    id: scheduleId,
    concertId,
    areaIds,
  } = await lane.schedule({
    areas: [{ name: 'Floor', capacity: 10, price: 5 }],
  });
  await lane.result(operator('close-concert', { concertId, reason: 'Sold elsewhere' }));
  const bob = await lane.buyer('bob of the areas');
  const input = { scheduleId, areas: [{ areaId: areaIds[0], quantity: 1 }] };
  const order = lane.command('place-order', { ...bob, input });
  await expectRefusal(lane, order, { code: 'SALE_CLOSED' });
});
