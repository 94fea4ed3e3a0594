/** What is on, over HTTP: the list of events, pictures, and what operators change of concerts. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { drawDemoPicture } from '../../../../scripts/steps/demo-picture.ts';
import { inHours, scheduleBody } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

let seatlane: TestSeatlane;
let admin: string;
beforeAll(async () => {
  seatlane = await startSeatlane();
  admin = await seatlane.client.tokenFor('operator', 'admin');
});
afterAll(() => seatlane.stop());

const picture = drawDemoPicture();
const image = { type: 'image/png', data: picture.toString('base64') };

const change = (method: string, path: string, body?: object) =>
  seatlane.client.command(method, path, { token: admin, body });

async function concert(title: string, more: object = {}): Promise<number> {
  const { status, body } = await change('POST', '/concerts', { title, ...more });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.result.id;
}

/** A performance that starts in some hours. */
async function performance(concertId: number, hours: number, more: object = {}) {
  // One time for both: a sale must not end after the start, not even by the millisecond in between.
  const startAt = inHours(hours);
  const times = { startAt, endAt: inHours(hours + 2), bookingEndAt: startAt };
  const body = { ...scheduleBody(), ...times, ...more };
  const made = await change('POST', `/concerts/${concertId}/schedules`, body);
  expect(made.status, JSON.stringify(made.body)).toBe(200);
  return made.body.result;
}

const events = async (query = '') => (await seatlane.client.request('GET', `/events${query}`)).body;
const idsIn = (page: { items: { concert: { id: number } }[] }) =>
  page.items.map(({ concert: { id } }) => id);

describe('the list of events', () => {
  let ids: number[];
  beforeEach(async () => {
    await seatlane.rows(
      `with cancelled as (update schedule set cancelled_at = now(), cancel_reason = 'old'
         where cancelled_at is null returning id)
       insert into cancellation (schedule_id, next_at, created_at)
       select id, now() + interval '1 day', now() from cancelled`,
    );
    ids = [
      await concert('The Winter Gala', { venue: 'City Hall, Seoul', timeZone: 'Asia/Seoul' }),
      await concert('Jazz at 100%'),
      await concert('Nothing comes'),
    ];
  });

  test('has the concerts with a date to come, by the next one, with dates, prices and the sale', async () => {
    const [gala, jazz] = ids as [number, number];
    await performance(gala, 50, { bookingStartAt: inHours(10) });
    await performance(gala, 40, { bookingStartAt: inHours(20) });
    const jazzDate = await performance(jazz, 30);
    const found = await waitFor('the list is read again', async () => {
      const page = await events();
      return page.items.length === 2 ? page : undefined;
    });
    expect(idsIn(found)).toEqual([jazz, gala]);
    expect(found.items[0]).toMatchObject({
      nextStartAt: jazzDate.startAt,
      dates: 1,
      priceFrom: jazzDate.prices.from,
      priceTo: jazzDate.prices.to,
      saleState: 'open',
      how: 'queue',
      drawAt: null,
    });
    expect(found.items[1]).toMatchObject({
      concert: { venue: 'City Hall, Seoul', timeZone: 'Asia/Seoul', state: 'open' },
      dates: 2,
      saleState: 'upcoming',
    });
    expect(Date.parse(found.items[1].saleStartAt)).toBeCloseTo(Date.parse(inHours(10)), -5);
  });

  test('is filtered by text and by date, and has pages', async () => {
    const [gala, jazz] = ids as [number, number];
    await performance(gala, 40);
    await performance(jazz, 30);
    const found = (query: string) =>
      waitFor(`events of ${query}`, async () => {
        const page = await events(query);
        return page.items.length > 0 ? page : undefined;
      });
    expect(idsIn(await found('?q=gAla'))).toEqual([gala]);
    expect(idsIn(await found('?q=seoul'))).toEqual([gala]);
    expect(idsIn(await found(`?q=${encodeURIComponent('100%')}`))).toEqual([jazz]);
    expect(idsIn(await found(`?from=${inHours(35)}`))).toEqual([gala]);
    expect(idsIn(await found(`?to=${inHours(35)}`))).toEqual([jazz]);
    expect((await events(`?q=${encodeURIComponent('%%')}`)).items).toEqual([]);
    expect((await events('?q=_______________')).items).toEqual([]);
    const first = await found('?limit=1');
    expect(idsIn(first)).toEqual([jazz]);
    const second = await events(`?limit=1&cursor=${first.nextCursor}`);
    expect(idsIn(second)).toEqual([gala]);
    expect(second.nextCursor).toBeNull();
  });

  test('names a draw that is to come', async () => {
    const [gala] = ids as [number];
    await performance(gala, 40);
    const draw = { gathersAt: inHours(2), opensAt: inHours(3) };
    await change('POST', `/concerts/${gala}/draw`, draw);
    const [event] = (await events(`?q=Gala&to=${inHours(60)}`)).items;
    expect(event).toMatchObject({ how: 'draw', drawAt: draw.opensAt });
  });

  test('names a draw of another concert of the queue only while it gathers', async () => {
    const [gala, jazz] = ids as [number, number];
    await performance(jazz, 40);
    const saleDuring = async (gathersAt: string, opensAt: string) => {
      await change('POST', `/concerts/${gala}/draw`, { gathersAt, opensAt });
      const [event] = (await events(`?q=jazz&to=${inHours(60)}`)).items;
      await change('DELETE', `/concerts/${gala}/draw`);
      return event;
    };
    const later = await saleDuring(inHours(20), inHours(21));
    expect(later).toMatchObject({ saleState: 'open', how: 'queue', drawAt: null });
    const opensAt = inHours(1);
    expect(await saleDuring(inHours(-1), opensAt)).toMatchObject({ how: 'draw', drawAt: opensAt });
  });

  test('does not count the sale of a performance that operators have closed', async () => {
    const [gala] = ids as [number];
    const first = await performance(gala, 40);
    const later = await performance(gala, 50, { bookingStartAt: inHours(10) });
    const found = async () => (await events(`?q=Gala&to=${inHours(60)}`)).items[0];
    const close = (id: number) =>
      change('POST', `/concerts/schedules/${id}/close`, { reason: 'A fault' });
    expect(await found()).toMatchObject({ saleState: 'open', dates: 2 });
    await close(first.id);
    expect(await found()).toMatchObject({
      concert: { state: 'open' },
      ...{ saleState: 'upcoming', saleStartAt: later.bookingStartAt, dates: 2 },
    });
    await close(later.id);
    expect(await found()).toMatchObject({ saleState: 'ended', dates: 2 });
  });

  test.each(['?q=%00', `?q=${'x'.repeat(101)}`, '?cursor=eA', '?from=tomorrow'])(
    'refuses %s',
    async (query) => {
      expectProblem(
        await seatlane.client.request('GET', `/events${query}`),
        400,
        'VALIDATION_FAILED',
      );
    },
  );
});

describe('the picture of a concert', () => {
  test('is served under an address of its own, which browsers keep', async () => {
    const id = await concert('With a picture');
    expectProblem(
      await seatlane.client.request('GET', `/concerts/${id}/image`),
      404,
      'IMAGE_NOT_FOUND',
    );
    const set = await change('PUT', `/concerts/${id}/image`, image);
    const address = set.body.result.image;
    expect((await seatlane.client.request('GET', `/concerts/${id}`)).body.image).toBe(address);
    const response = await fetch(seatlane.client.base + address);
    expect(Buffer.from(await response.arrayBuffer()).equals(picture)).toBe(true);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toContain('immutable');
    const other = await fetch(`${seatlane.client.base}/concerts/${id}/image?v=old`);
    expect(other.headers.get('cache-control')).toBe('no-cache');
  });

  test.each([
    ['of another type', { ...image, type: 'image/jpeg' }],
    ['that can carry scripts', { ...image, type: 'image/svg+xml' }],
    ['that is no base64', { ...image, data: '!'.repeat(40) }],
    ['that is too large', { ...image, data: image.data.slice(0, 16) + 'A'.repeat(204_800) }],
  ])('is not one %s', async (_, body) => {
    const id = await concert('Without a picture');
    const refused = await change('PUT', `/concerts/${id}/image`, body);
    expect([400, 413]).toContain(refused.status);
    expect((await seatlane.client.request('GET', `/concerts/${id}`)).body.image).toBeNull();
  });
});

test('an operator edits, closes and reopens a concert, and the log shows it', async () => {
  const id = await concert('The old name');
  const edited = await change('PUT', `/concerts/${id}`, { title: 'The new name', venue: 'Hall 2' });
  expect(edited.body.result).toMatchObject({ title: 'The new name', venue: 'Hall 2' });
  const closed = await change('POST', `/concerts/${id}/close`, { reason: 'Sold elsewhere' });
  expect(closed.body.result.state).toBe('closed');
  expect((await change('POST', `/concerts/${id}/reopen`)).body.result.state).toBe('open');
  const { body } = await seatlane.client.request('GET', '/admin/log?limit=3', { token: admin });
  expect(body.items.map(({ command, reason }: never) => [command, reason])).toEqual([
    ['reopen-concert', null],
    ['close-concert', 'Sold elsewhere'],
    ['edit-concert', null],
  ]);
  expect(body.items[2].before).toMatchObject({ title: 'The old name', venue: null });
});

test('an operator closes and reopens the sale of a performance, and the list and the log show it', async () => {
  const concertId = await concert('Closed for a date');
  const { id } = await performance(concertId, 48);
  const path = `/concerts/schedules/${id}`;
  const listed = async () => {
    const { body } = await seatlane.client.request('GET', `/concerts/${concertId}/schedules`);
    return body.items.map(({ state, saleState }: never) => [state, saleState]);
  };
  expect(await listed()).toEqual([['scheduled', 'open']]);
  const closed = await change('POST', `${path}/close`, { reason: 'Sold elsewhere' });
  expect(closed.body.result).toMatchObject({ id, state: 'closed' });
  expect(await listed()).toEqual([['closed', 'open']]);
  expectProblem(await change('POST', `${path}/close`, {}), 400, 'VALIDATION_FAILED');
  expect((await change('POST', `${path}/reopen`)).body.result.state).toBe('scheduled');
  const { body } = await seatlane.client.request('GET', '/admin/log?limit=2', { token: admin });
  expect(body.items).toMatchObject([
    { command: 'reopen-schedule', reason: null, before: { state: 'closed' } },
    { command: 'close-schedule', reason: 'Sold elsewhere', before: { state: 'scheduled' } },
  ]);
  await change('POST', `${path}/cancel`, { reason: 'Rain' });
  for (const [way, body] of [['close', { reason: 'Rain' }], ['reopen']] as const) {
    expectProblem(await change('POST', `${path}/${way}`, body), 409, 'SCHEDULE_CANCELLED');
  }
  expect(await listed()).toEqual([['cancelled', 'ended']]);
});

test('an operator moves a performance before its sale, and only the end of the sale afterwards', async () => {
  const { id } = await performance(await concert('Moved'), 48, { bookingStartAt: inHours(5) });
  const path = `/concerts/schedules/${id}`;
  const startAt = inHours(49);
  expect((await change('PUT', path, { startAt })).body.result).toMatchObject({ startAt });
  await change('PUT', path, { bookingStartAt: inHours(-1) });
  const refused = await change('PUT', path, { startAt: inHours(49.5) });
  expectProblem(refused, 409, 'SALE_STARTED');
});

test.each([
  ['a time zone that does not exist', { timeZone: 'Mars/Base' }],
  ['an offset', { timeZone: '+09:00' }],
  ['an empty title', { title: ' ' }],
  ['an unknown field', { colour: 'red' }],
])('%s is refused', async (_, body) => {
  const id = await concert('Fine');
  expectProblem(await change('PUT', `/concerts/${id}`, body), 400, 'VALIDATION_FAILED');
});

test.each([
  ['PUT', '/concerts/1', {}],
  ['PUT', '/concerts/1/image', image],
  ['POST', '/concerts/1/close', { reason: 'x' }],
  ['POST', '/concerts/1/reopen', undefined],
  ['PUT', '/concerts/schedules/1', {}],
  ['POST', '/concerts/schedules/1/close', { reason: 'x' }],
  ['POST', '/concerts/schedules/1/reopen', undefined],
] as const)('%s %s is for operators only', async (method, path, body) => {
  for (const role of [undefined, 'gate'] as const) {
    const token = await seatlane.client.tokenFor('ada', role);
    expectProblem(await seatlane.client.request(method, path, { token, body }), 403, 'FORBIDDEN');
  }
});
