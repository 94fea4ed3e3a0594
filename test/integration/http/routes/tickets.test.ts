/** Tickets and entry over HTTP: who may see and scan them, what the answers say, and a ticket at 100 gates at once. */

import { compactVerify, createLocalJWKSet } from 'jose';
import { create } from 'qrcode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Order, Seat } from '../../../../src/commands/schemas/resources.ts';
import type { Ticket } from '../../../../src/commands/schemas/tickets.ts';
import { qrSvg } from '../../../../src/http/tickets/qr.ts';
import { TicketCodes } from '../../../../src/http/tickets/ticket-codes.ts';
import { effects } from '../../../support/effects.ts';
import type { AdmittedUser, Answer, TestClient } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

const PRICE = 100;
const UNKNOWN = 999_999;
const GATES = 100;
const OLD_SECRET = 'the ticket secret of the last year';
const SECRETS = `the ticket secret of this year 2026,${OLD_SECRET}`;

let seatlane: TestSeatlane;
let otherApi: TestClient;
let seats: Seat[];
let scheduleId: number;
let areaId: number;
let gate: string;
let operator: string;
beforeAll(async () => {
  seatlane = await startSeatlane({ settings: { TICKET_SECRETS: SECRETS } });
  otherApi = await seatlane.addApi();
  const hall = [{ section: 'Stalls', row: 'A', from: 1, to: 60, price: PRICE }];
  const areas = [{ name: 'Standing', capacity: 9, price: PRICE }];
  ({ seats, id: scheduleId } = await seatlane.client.schedule({ seats: hall, areas }));
  const [area] = await seatlane.rows<{ id: string }>(`select id from area`);
  areaId = Number(area?.id);
  gate = await seatlane.client.tokenFor('the gate', 'gate');
  operator = await seatlane.client.tokenFor('operator', 'admin');
});
afterAll(() => seatlane.stop());

const send = (method: string, path: string, user: { token: string }, body?: object) =>
  seatlane.client.command(method, path, { ...user, body });
const get = (path: string, token: string, headers: Record<string, string> = {}) =>
  seatlane.client.request('GET', path, { token, headers });

async function held(
  subject: string,
  places: object,
): Promise<{ user: AdmittedUser; order: Order }> {
  const user = await seatlane.client.admitted(subject);
  const { body } = await send('POST', '/orders', user, { scheduleId, ...places });
  return { user, order: body.result };
}

async function paid(subject: string, places: object = { seatIds: [seats.shift()?.id] }) {
  const { user, order } = await held(subject, places);
  await send('POST', '/points/charge', user, { amount: order.total });
  await send('POST', `/orders/${order.id}/pay`, user);
  const { body } = await get(`/orders/${order.id}/tickets`, user.token);
  const tickets: Ticket[] = body.items;
  return { user, order, tickets, ticket: tickets[0] as Ticket };
}

const scan = (
  code: string,
  { at = scheduleId, name = 'North 2', token = gate, headers = {}, api = seatlane.client } = {},
): Promise<Answer> =>
  api.command('POST', `/concerts/schedules/${at}/check-ins`, {
    token,
    headers,
    body: { code, gate: name },
  });
const counts = async (token = gate) =>
  (await get(`/concerts/schedules/${scheduleId}/check-ins`, token)).body;

async function refused(request: () => Promise<Answer>, status: number, code: string) {
  const before = await effects(seatlane.rows);
  const answer = await request();
  expectProblem(answer, status, code);
  expect(await effects(seatlane.rows)).toEqual(before);
  return answer;
}

describe('the tickets of an order', () => {
  test('have the shape of the contract, and codes that the published keys verify', async () => {
    const places = { seatIds: [seats.shift()?.id], areas: [{ areaId, quantity: 1 }] };
    const { order, tickets } = await paid('ada', places);
    const shared = {
      orderId: order.id,
      scheduleId,
      concertTitle: 'The Winter Gala',
      startAt: order.bookings[0]?.startAt,
      timeZone: 'UTC',
      venue: null,
      state: 'valid',
      code: expect.stringMatching(/^[\w-]{43}\.[\w-]+\.[\w-]{86}$/),
    };
    const [seat, place] = order.bookings.map(({ id }) => ({ ...shared, id, bookingId: id }));
    const noSeat = { section: null, row: null, seatNumber: null };
    expect(tickets).toEqual([
      { ...seat, section: 'Stalls', row: 'A', seatNumber: 1, areaId: null, areaName: null },
      { ...place, ...noSeat, areaId, areaName: 'Standing' },
    ]);
    const { body: keys } = await seatlane.client.request('GET', '/.well-known/jwks.json');
    expect(keys.keys).toHaveLength(3);
    for (const { id, code } of tickets) {
      const { payload } = await compactVerify(code, createLocalJWKSet(keys));
      expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({ t: id, s: scheduleId });
    }
  });

  test('do not exist before the payment, and for other users', async () => {
    const { user, order } = await held('bea', { seatIds: [seats.shift()?.id] });
    const path = `/orders/${order.id}/tickets`;
    expect((await get(path, user.token)).body).toEqual({ items: [] });
    const other = await seatlane.client.tokenFor('mallory');
    expectProblem(await get(path, other), 404, 'ORDER_NOT_FOUND');
    expectProblem(await get(`/orders/${UNKNOWN}/tickets`, other), 404, 'ORDER_NOT_FOUND');
    const { id } = order.bookings[0] as { id: number };
    expectProblem(await get(`/tickets/${id}/qr.svg`, user.token), 404, 'TICKET_NOT_FOUND');
    const calendar = await get(`/orders/${order.id}/calendar.ics`, user.token);
    expectProblem(calendar, 404, 'TICKET_NOT_FOUND');
  });

  test('show that one was used and another refunded', async () => {
    const places = { seatIds: [seats.shift()?.id, seats.shift()?.id, seats.shift()?.id] };
    const { user, order, tickets } = await paid('cleo', places);
    await scan(tickets[0]?.code as string);
    await send('DELETE', `/concerts/bookings/${tickets[1]?.id}`, user);
    const { body } = await get(`/orders/${order.id}/tickets`, user.token);
    expect(body.items.map(({ state }: Ticket) => state)).toEqual(['used', 'revoked', 'valid']);
    const revoked = await get(`/tickets/${tickets[1]?.id}/qr.svg`, user.token);
    expectProblem(revoked, 404, 'TICKET_NOT_FOUND');
    await refused(() => scan(tickets[1]?.code as string), 409, 'TICKET_REVOKED');
    const { body: calendar } = await get(`/orders/${order.id}/calendar.ics`, user.token);
    const [first, , last] = tickets.map(({ seatNumber }) => `Stalls A ${seatNumber}`);
    const lines = calendar.split('\r\n');
    expect(lines).toContain(String.raw`DESCRIPTION:${first}\n${last}`);
    const [{ ended }] = await seatlane.rows<any>(
      `select to_char(ended_at at time zone 'UTC', 'YYYYMMDD"T"HH24MISS"Z"') as ended
       from booking where id = ${tickets[1]?.id}`,
    );
    expect(lines).toContain(`DTSTAMP:${ended}`);
  });
});

test('the tickets of a cancelled performance are revoked at once', async () => {
  const { id: cancelledId, seats: ofIt } = await seatlane.client.schedule();
  const user = await seatlane.client.admitted('zoe');
  const places = { scheduleId: cancelledId, seatIds: [ofIt[0]?.id, ofIt[1]?.id] };
  const { id: orderId }: Order = (await send('POST', '/orders', user, places)).body.result;
  await send('POST', '/points/charge', user, { amount: 1000 });
  await send('POST', `/orders/${orderId}/pay`, user);
  const tickets: Ticket[] = (await get(`/orders/${orderId}/tickets`, user.token)).body.items;
  await scan(tickets[0]?.code as string, { at: cancelledId });
  // As after the command, and before the refund.
  await seatlane.rows(
    `update schedule set cancelled_at = now(), cancel_reason = 'Rain' where id = ${cancelledId};
    insert into cancellation (schedule_id, next_at, created_at) values (${cancelledId}, now() + interval '1 day', now())`,
  );
  const { body } = await get(`/orders/${orderId}/tickets`, user.token);
  expect(body.items.map(({ state }: Ticket) => state)).toEqual(['revoked', 'revoked']);
  for (const path of [`/tickets/${tickets[1]?.id}/qr.svg`, `/orders/${orderId}/calendar.ics`]) {
    expectProblem(await get(path, user.token), 404, 'TICKET_NOT_FOUND');
  }
  const late = () => scan(tickets[1]?.code as string, { at: cancelledId });
  await refused(late, 409, 'TICKET_REVOKED');
});

describe('a QR code', () => {
  test('shows the code of its ticket, to its user and to operators', async () => {
    const { user, ticket } = await paid('dora');
    const path = `/tickets/${ticket.id}/qr.svg`;
    const { status, headers, body } = await get(path, user.token);
    expect([status, headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    expect(body).toBe(qrSvg(ticket.code));
    expect(create(ticket.code).modules.size).toBeLessThanOrEqual(61);
    expect((await get(path, operator)).body).toBe(body);
    for (const token of [gate, await seatlane.client.tokenFor('mallory')]) {
      expectProblem(await get(path, token), 404, 'TICKET_NOT_FOUND');
    }
    expectProblem(await get(`/tickets/${UNKNOWN}/qr.svg`, operator), 404, 'TICKET_NOT_FOUND');
    const etag = headers.get('etag') as string;
    expect((await get(path, user.token, { 'If-None-Match': etag })).status).toBe(304);
  });
});

test('a calendar file has the performance, and a name for the download', async () => {
  const { user, order } = await paid('eva');
  const { headers, body } = await get(`/orders/${order.id}/calendar.ics`, user.token);
  expect(headers.get('content-type')).toBe('text/calendar; charset=utf-8');
  expect(headers.get('content-disposition')).toBe(`attachment; filename="order-${order.id}.ics"`);
  expect(body).toContain('SUMMARY:The Winter Gala\r\n');
  const mallory = await seatlane.client.tokenFor('mallory');
  const other = await get(`/orders/${order.id}/calendar.ics`, mallory);
  expectProblem(other, 404, 'ORDER_NOT_FOUND');
});

describe('a scan', () => {
  test('lets the holder in, for gates and operators, and is counted', async () => {
    const before = await counts();
    const [one, other] = [await paid('fay'), await paid('gil')];
    const { status, body } = await scan(one.ticket.code);
    expect(status).toBe(200);
    expect(body.result).toEqual({
      ticketId: one.ticket.id,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      gate: 'North 2',
      seat: {
        section: 'Stalls',
        row: 'A',
        seatNumber: one.ticket.seatNumber,
        areaId: null,
        areaName: null,
      },
    });
    expect((await scan(other.ticket.code, { token: operator })).status).toBe(200);
    const { sold, entered } = before;
    // On a busy machine an outcome may be read before it is announced.
    const counted = async () => JSON.stringify(await counts(operator));
    const after = JSON.stringify({ sold: sold + 2, entered: entered + 2 });
    await waitFor('the counts with both', async () => (await counted()) === after);
  });

  test('is refused to buyers, as are the counts', async () => {
    const { user, ticket } = await paid('hana');
    await refused(() => scan(ticket.code, { token: user.token }), 403, 'FORBIDDEN');
    const path = `/concerts/schedules/${scheduleId}/check-ins`;
    expectProblem(await get(path, user.token), 403, 'FORBIDDEN');
  });

  test('with the same Idempotency-Key gets the same answer, with another one the gate and time of the first', async () => {
    const { ticket } = await paid('ida');
    const headers = { 'Idempotency-Key': 'scan 1' };
    const first = await scan(ticket.code, { headers });
    expect(first.status).toBe(200);
    expect((await scan(ticket.code, { headers, api: otherApi })).body).toEqual(first.body);
    const again = await refused(
      () => scan(ticket.code, { name: 'South 1' }),
      409,
      'TICKET_ALREADY_USED',
    );
    const { at } = first.body.result;
    expect(again.body).toMatchObject({ ticketId: ticket.id, at, gate: 'North 2' });
  });

  test('at another performance is refused, also at one that does not exist', async () => {
    const { ticket } = await paid('jana');
    const { id } = await seatlane.client.schedule();
    for (const at of [id, UNKNOWN]) {
      const answer = await refused(() => scan(ticket.code, { at }), 409, 'TICKET_WRONG_SCHEDULE');
      expect(answer.body.scheduleId).toBe(scheduleId);
    }
    const path = `/concerts/schedules/${UNKNOWN}/check-ins`;
    expectProblem(await get(path, gate), 404, 'SCHEDULE_NOT_FOUND');
  });

  test('of anything but a code of ours is refused', async () => {
    const { user, ticket } = await paid('kim');
    const foreign = new TicketCodes(['the ticket secret of somebody else']);
    const { id: ticketId } = ticket;
    const [header, payload, signature = ''] = ticket.code.split('.');
    const texts = [
      '',
      'https://example.com/',
      ticket.code.slice(0, -1),
      [header, payload, signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))].join('.'),
      foreign.issue({ ticketId, scheduleId, place: [] }),
      user.queueToken,
      user.token,
      'x'.repeat(4096),
    ];
    for (const text of texts) await refused(() => scan(text), 400, 'TICKET_INVALID');
    await refused(() => scan('x'.repeat(4097)), 400, 'VALIDATION_FAILED');
    await refused(() => scan(ticket.code, { name: ' ' }), 400, 'VALIDATION_FAILED');
  });

  test('of a code with whitespace around it, as hand scanners send, lets the holder in', async () => {
    const { ticket } = await paid('kai');
    expect((await scan(` ${ticket.code}\r\n`)).status).toBe(200);
  });

  test('of a code that was printed before the secret changed lets the holder in', async () => {
    const { ticket } = await paid('leo');
    const place = ['Stalls', 'A', String(ticket.seatNumber)];
    const old = new TicketCodes([OLD_SECRET]).issue({ ticketId: ticket.id, scheduleId, place });
    expect(old).not.toBe(ticket.code);
    expect((await scan(old)).status).toBe(200);
  });
});

test('a ticket at 100 gates at once, over two API processes, enters once', async () => {
  const { user, order, ticket } = await paid('mia');
  const answers = await Promise.all(
    Array.from({ length: GATES }, (_, number) =>
      scan(ticket.code, {
        name: `Gate ${number}`,
        api: number % 2 === 0 ? seatlane.client : otherApi,
      }),
    ),
  );
  const entered = answers.filter(({ status }) => status === 200);
  expect(entered).toHaveLength(1);
  const { at, gate: name } = entered[0]?.body.result ?? {};
  for (const answer of answers.filter(({ status }) => status !== 200)) {
    expectProblem(answer, 409, 'TICKET_ALREADY_USED');
    expect(answer.body).toMatchObject({ ticketId: ticket.id, at, gate: name });
  }
  const answer = await refused(
    () => send('DELETE', `/orders/${order.id}`, user),
    409,
    'TICKET_ALREADY_USED',
  );
  expect(answer.body).toMatchObject({ at, gate: name });
  const asOperator = { token: operator };
  const body = { reason: 'The singer lost her voice' };
  const { body: job } = await send('DELETE', `/orders/${order.id}`, asOperator, body);
  expect(job.result.state).toBe('refunded');
});
