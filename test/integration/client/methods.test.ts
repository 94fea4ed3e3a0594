/** Calls every method of the client, which together cover every operation of the API. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Admission,
  type AdmissionOverrides,
  type BlockedSeats,
  type Booking,
  type Cancellation,
  type CardRefund,
  type Checkout,
  type Concert,
  type Draw,
  type FoundOrder,
  type GateSession,
  type Hall,
  type HallVersion,
  type ListedCardRefund,
  type Me,
  type NewSchedule,
  type OperatorLogLine,
  type Order,
  type OrderPayment,
  type OwedCall,
  type PaidOrder,
  type Payment,
  type PublicSettings,
  type QueueEntry,
  type RefusedScan,
  type SaleEvent,
  type Sales,
  type SalesGroup,
  type SalesSeries,
  type Schedule,
  type Seat,
  SeatlaneGate,
  SeatlaneOperator,
  signIn,
  type Ticket,
  type UserAccount,
  type WaitingQueue,
  type Webhook,
} from '../../../src/client/index.ts';
import { collect } from '../../support/collect.ts';
import { inHours, scheduleBody } from '../../support/http/client.ts';
import { readOperations } from '../../support/http/operations.ts';
import { admittedOf } from '../../support/http/sdk.ts';
import { addFailedRefund } from '../../support/money/failed-refund.ts';
import { writeCheckout } from '../../support/sandbox/written-checkouts.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let operator: SeatlaneOperator;
let user: SeatlaneOperator;
let concert: Concert;
let schedule: Schedule;
let seats: Seat[];
const sent = new Set<string>();

/** Records which operations are used. */
const noting: typeof fetch = (url, init) => {
  sent.add(`${init?.method} ${new URL(String(url)).pathname}`);
  return fetch(url, init);
};

beforeAll(async () => {
  seatlane = await startSeatlane();
  const baseUrl = seatlane.client.base;
  const token = await signIn(baseUrl, { subject: 'operator', role: 'admin' }, { fetch: noting });
  operator = new SeatlaneOperator({ baseUrl, token, fetch: noting });
  const ada = () => signIn(baseUrl, { subject: 'ada', name: 'Ada' });
  user = new SeatlaneOperator({ baseUrl, token: ada, fetch: noting });
  concert = await operator.createConcert({ title: 'The Winter Gala', description: 'Strings' });
  const body: NewSchedule = scheduleBody();
  schedule = await operator.createSchedule(concert.id, body);
  const place = await user.enterQueue();
  expect(place).toMatchObject<Partial<QueueEntry>>({ state: expect.any(String), isPaused: false });
  await user.untilAdmitted();
  seats = await user.seats(schedule.id);
});
afterAll(() => seatlane.stop());

const seatId = (index: number) => (seats[index] as Seat).id;
const anyTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

describe('a user', () => {
  test('reads the user whom the token names', async () => {
    expect(await user.me()).toEqual<Me>({
      subject: 'ada',
      name: 'Ada',
      role: null,
      isAdmin: false,
    });
  });

  test('reads the rules of the sale', async () => {
    expect(await user.settings()).toEqual<PublicSettings>({
      currency: 'KRW',
      hasCards: expect.any(Boolean),
      isChargingOpen: true,
      holdSeconds: 300,
      cancelUntilHours: 24,
      maxSeatsPerUser: 10,
    });
  });

  test('reads the queue entry with the stock of a concert', async () => {
    const place = await user.queue({ concertId: concert.id });
    expect(place).toEqual<QueueEntry>({
      queueId: 1,
      number: 1,
      enteredAt: anyTime,
      state: 'active',
      position: 0,
      waiting: 0,
      estimatedWaitSeconds: 0,
      isWaitKnown: true,
      waitingTicket: null,
      queueToken: user.queueToken as string,
      expiresAt: anyTime,
      bookingUntil: anyTime,
      isPaused: false,
      isGathering: false,
      opensAt: null,
      isSoldOut: false,
      stock: { concertId: concert.id, available: 10, held: 0 },
    });
  });

  test('reads concerts, one by one and in pages', async () => {
    const { id } = await operator.createConcert({ title: 'Encore' });
    expect(await user.concert(concert.id)).toEqual<Concert>({
      id: concert.id,
      title: 'The Winter Gala',
      description: 'Strings',
      createdAt: anyTime,
      queueId: 1,
      timeZone: 'UTC',
      venue: null,
      image: null,
      state: 'open',
    });
    const first = await user.concerts({ limit: 1 });
    expect(first).toEqual({ items: [expect.objectContaining({ id })], nextCursor: anyText });
    const ids = (await collect(user.eachConcert({ limit: 1 }))).map((each) => each.id);
    expect(ids).toEqual([id, concert.id]);
  });

  test('reads schedules and seats', async () => {
    const { items } = await user.bookableSchedules(concert.id);
    const expected: Schedule = {
      id: schedule.id,
      concertId: concert.id,
      seatCount: 10,
      state: 'scheduled',
      prices: { from: expect.any(Number), to: expect.any(Number) },
      hall: null,
      categories: null,
      accessibleUntil: null,
      availableCount: 10,
      bookingStartAt: anyTime,
      bookingEndAt: anyTime,
      startAt: anyTime,
      endAt: anyTime,
    };
    expect(items).toEqual([expected]);
    expect(await collect(user.eachBookableSchedule(concert.id))).toEqual(items);
    const { availableCount: _, ...always } = expected;
    const listed = [{ ...always, saleState: 'open' }];
    expect((await user.schedules(concert.id, { from: new Date() })).items).toEqual(listed);
    expect(await collect(user.eachSchedule(concert.id, { limit: 1 }))).toEqual(listed);
    const over = { to: new Date() };
    expect((await user.schedules(concert.id, over)).items).toEqual([]);
    expect((await user.bookableSchedules(concert.id, over)).items).toEqual([]);
    expect(seats[0]).toEqual<Seat>({
      id: seatId(0),
      section: 'Stalls',
      row: 'A',
      number: 1,
      price: 100,
      state: 'available',
    });
    expect(await user.areas(schedule.id)).toEqual([]);
    expect(await user.seats(schedule.id, { state: 'sold' })).toEqual([]);
    const [all] = await collect(user.seatChanges(schedule.id), 1);
    expect(all).toEqual(seats.map(({ id }) => ({ seatId: id, state: 'available' })));
  });

  test('charges points, books in three ways, cancels, pays, and reads bookings and history', async () => {
    expect(await user.charge(500)).toEqual({ balance: 500 });
    expect(await user.use(100)).toEqual({ balance: 400 });
    const booked = await user.book(seatId(0));
    expect(booked).toEqual<Booking>({
      id: booked.id,
      orderId: expect.any(Number),
      areaId: null,
      areaName: null,
      concertId: concert.id,
      scheduleId: schedule.id,
      seatId: seatId(0),
      section: 'Stalls',
      row: 'A',
      seatNumber: 1,
      price: 100,
      state: 'held',
      concertTitle: concert.title,
      startAt: schedule.startAt,
      holdExpiresAt: anyTime,
      createdAt: anyTime,
    });
    const together = await user.bookSeats([seatId(4), seatId(5)]);
    expect(together.map((each) => each.seatId)).toEqual([seatId(4), seatId(5)]);
    const best = await user.bookBest({ scheduleId: schedule.id, quantity: 2, maxPrice: 100 });
    expect(best).toHaveLength(2);
    expect(await user.cancel((together[0] as Booking).id)).toMatchObject({ state: 'cancelled' });
    expect(await user.pay(booked.id)).toEqual<Payment>({
      id: expect.any(Number),
      bookingId: booked.id,
      seatId: seatId(0),
      areaId: null,
      price: 100,
      kind: 'payment',
      balance: 300,
      createdAt: anyTime,
    });
    expect(await user.points()).toEqual({ balance: 300 });
    expect((await user.bookings({ limit: 2 })).items).toHaveLength(2);
    expect(await collect(user.eachBooking({ limit: 2 }))).toHaveLength(5);
    const paid = await collect(user.eachBooking({ state: 'paid', from: new Date(0) }));
    expect(paid.map(({ id }) => id)).toEqual([booked.id]);
    expect((await user.bookings({ to: new Date(0) })).items).toEqual([]);
    const { items } = await user.pointHistory({ kind: 'use', from: new Date(0), to: inHours(1) });
    expect(items.map(({ amount }) => amount)).toEqual([100, 100]);
    expect(await collect(user.eachPointHistoryLine({ limit: 1 }))).toHaveLength(3);
  });

  test('orders, cancels and pays orders, and reads them', async () => {
    const grace = await admittedOf(seatlane.client.base, 'grace hopper', { fetch: noting });
    await grace.charge(500);
    const seatIds = [seatId(2), seatId(3)];
    const order = await grace.order({ scheduleId: schedule.id, seatIds });
    expect(order).toEqual<Order>({
      id: order.id,
      state: 'held',
      concertId: concert.id,
      scheduleId: schedule.id,
      queueId: 1,
      total: 200,
      holdExpiresAt: anyTime,
      bookings: [expect.objectContaining({ orderId: order.id }), expect.anything()],
      createdAt: anyTime,
      paidAt: null,
    });
    expect(order.bookings.map((each) => each.seatId)).toEqual(seatIds);
    const best = await grace.order({ scheduleId: schedule.id, bestAvailable: { quantity: 1 } });
    expect(await grace.cancel(best)).toMatchObject({ id: best.id, state: 'cancelled' });
    const paid = await grace.pay(order);
    expect(paid).toEqual<PaidOrder>({
      order: expect.objectContaining({ id: order.id, state: 'paid', paidAt: anyTime }),
      balance: 300,
    });
    const shown = { ...paid.order, timeZone: 'UTC', venue: null };
    expect(await grace.orderById(order.id)).toEqual(shown);
    expect((await grace.orders({ state: 'paid', from: new Date(0) })).items).toEqual([shown]);
    expect(await grace.orderPayments(order.id)).toEqual<OrderPayment[]>([
      {
        id: expect.any(Number),
        kind: 'payment',
        method: 'points',
        amount: 200,
        currency: null,
        bookingId: null,
        state: 'done',
        createdAt: anyTime,
      },
    ]);
    const ids = (await collect(grace.eachOrder({ limit: 1 }))).map(({ id }) => id);
    expect(ids).toEqual([best.id, order.id]);
  });

  test('finds a command by its key, waits for its outcome, and watches its states', async () => {
    expect(await user.jobByKey('never used')).toBeUndefined();
    await user.charge(1, { idempotencyKey: 'one point' });
    const job = await user.jobByKey('one point');
    if (!job) return expect.unreachable('there is a job');
    expect(job).toMatchObject({ command: 'charge-points', state: 'succeeded', problem: null });
    expect(await user.job(job.id)).toEqual(job);
    expect(await user.outcomeOf(job.id)).toEqual(job.result);
    expect(await collect(user.jobStates(job.id))).toEqual([job]);
  });

  test('enters and leaves the queue, and has no entry afterwards', async () => {
    const token = await signIn(seatlane.client.base, { subject: 'grace' });
    const grace = new SeatlaneOperator({ baseUrl: seatlane.client.base, token, fetch: noting });
    expect(await grace.queue()).toBeUndefined();
    await grace.enterQueue();
    expect(await grace.leaveQueue()).toMatchObject({ state: 'ended' });
    expect(await grace.queue()).toBeUndefined();
  });
});

describe('an operator', () => {
  test('blocks and releases seats', async () => {
    const seatIds = [seatId(8), seatId(9)];
    const blocked = await operator.blockSeats(seatIds, 'A pillar');
    expect(blocked).toEqual<BlockedSeats>({ seatIds, blockedReason: 'A pillar' });
    const released = await operator.releaseSeats(seatIds);
    expect(released).toEqual<BlockedSeats>({ seatIds, blockedReason: null });
  });

  test('creates a queue, which users enter, and whose admission operators change', async () => {
    const encore = await operator.createConcert({ title: 'In a queue of its own' });
    const created = await operator.createQueue({
      name: 'Encore',
      concertIds: [encore.id],
      maxActive: 5,
    });
    expect(created).toEqual<WaitingQueue>({
      id: created.id,
      name: 'Encore',
      state: 'open',
      concertIds: [encore.id],
      admitLimit: expect.any(Number),
      admitWindowSeconds: expect.any(Number),
      maxActive: 5,
      waiting: 0,
      active: 0,
      createdAt: anyTime,
    });
    const queueId = created.id;
    expect(await user.queueById(queueId)).toEqual(created);
    const all: number[] = [];
    for await (const { id } of user.eachQueue({ limit: 1 })) all.push(id);
    expect(all).toEqual([1, queueId]);
    expect(await operator.setAdmission({ queueId, admitLimit: 3 })).toMatchObject({ queueId });
    expect(await operator.admission({ queueId })).toMatchObject({ queueId, admitLimit: 3 });
    const baseUrl = seatlane.client.base;
    const token = () => signIn(baseUrl, { subject: 'guest' });
    const guest = new SeatlaneOperator({ baseUrl, token, fetch: noting });
    expect(await guest.enterQueue({ queueId })).toMatchObject({ queueId, number: 1 });
    expect(await guest.untilAdmitted({ queueId })).toMatchObject({ queueId, state: 'active' });
    expect(await guest.queue()).toBeUndefined();
    expect(await guest.leaveQueue({ queueId })).toMatchObject({ queueId, state: 'ended' });
  });

  test('reads and changes admission', async () => {
    const set = await operator.setAdmission({ admitLimit: 7, maxActive: 90 });
    expect(set).toEqual<AdmissionOverrides>({
      queueId: 1,
      isPaused: false,
      admitLimit: 7,
      admitWindowSeconds: null,
      maxActive: 90,
    });
    await operator.setAdmission({ admitLimit: null, maxActive: null });
    const figure = expect.any(Number);
    expect(await operator.admission()).toEqual<Admission>({
      queueId: 1,
      isPaused: false,
      isGathering: false,
      isSoldOut: false,
      admitLimit: figure,
      admitWindowSeconds: figure,
      maxActive: figure,
      waiting: figure,
      active: figure,
      passedOver: figure,
      lastAdmitted: figure,
      admittedLastMinute: figure,
    });
  });

  test('announces a draw, which is public', async () => {
    const announced = { gathersAt: inHours(1), opensAt: inHours(2) };
    const { drawId, seedHash } = await operator.announceDraw(concert.id, announced);
    const draw: Draw = {
      id: drawId,
      concertId: concert.id,
      queueId: 1,
      ...announced,
      cancelledAt: null,
      closedAt: null,
      seedHash,
      seed: null,
      drawnAt: null,
      places: null,
      firstNumber: null,
      ticketsHash: null,
    };
    expect(await user.draw(concert.id)).toEqual(draw);
    expect(await user.drawById(drawId)).toEqual(draw);
    const none = { items: [], nextCursor: null };
    expect(await user.drawnPlaces(concert.id)).toEqual(none);
    expect(await user.drawnPlacesById(drawId)).toEqual(none);
  });

  test('moves and cancels a draw, which can still be read by its id', async () => {
    const times = { gathersAt: inHours(3), opensAt: inHours(4) };
    const moved = await operator.moveDraw(concert.id, times);
    expect(await user.draw(concert.id)).toMatchObject({ ...times, seedHash: moved.seedHash });
    const cancelled = await operator.cancelDraw(concert.id);
    expect(cancelled).toEqual({ ...moved, cancelledAt: expect.any(String) });
    const { cancelledAt } = cancelled;
    expect(await user.drawById(moved.drawId)).toMatchObject({ cancelledAt });
  });

  test('registers, lists and removes a webhook', async () => {
    const url = 'https://hooks.example/seats';
    const webhook = await operator.registerWebhook({
      url,
      commands: ['pay-booking'],
      events: ['hold-expired'],
    });
    const expected: Webhook = {
      id: webhook.id,
      url,
      commands: ['pay-booking'],
      events: ['hold-expired'],
      createdAt: anyTime,
    };
    expect(webhook).toEqual(expected);
    const listed = { ...expected, secret: expect.stringMatching(/^whsec_/) };
    expect((await operator.webhooks()).items).toEqual([listed]);
    expect(await collect(operator.eachWebhook())).toEqual([listed]);
    expect(await operator.removeWebhook(webhook.id)).toMatchObject({ id: webhook.id });
    expect((await operator.webhooks()).items).toEqual([]);
  });
});

const anyText = expect.any(String);

test('an operator cancels the order of a user with a reason, and reads it in the log', async () => {
  const fay = await admittedOf(seatlane.client.base, 'fay');
  const { id } = await fay.order({ scheduleId: schedule.id, seatIds: [seatId(9)] });
  const cancelled = await operator.cancelForUser(id, 'The buyer is ill');
  expect(cancelled).toMatchObject<Partial<Order>>({ id, state: 'cancelled' });
  const expected: OperatorLogLine = {
    id: expect.any(Number),
    subject: 'operator',
    command: 'cancel-order-as-operator',
    jobId: anyText,
    reason: 'The buyer is ill',
    before: { ...cancelled, state: 'held', bookings: expect.any(Array) },
    after: cancelled,
    createdAt: anyTime,
  };
  expect((await operator.operatorLog({ limit: 1 })).items).toEqual([expected]);
  const lines = await collect(operator.eachOperatorLogLine({ limit: 3 }));
  expect(lines.at(-1)).toMatchObject({ command: 'create-concert', before: null });
});

test('a user reads a card payment, and cannot begin one while no provider is on', async () => {
  const hal = await admittedOf(seatlane.client.base, 'hal', { fetch: noting });
  const { balance } = await operator.chargeForUser('hal', 300);
  expect(balance).toBe(300);
  const order = await hal.order({ scheduleId: schedule.id, seatIds: [seatId(9)] });
  const payment = { returnUrl: 'https://shop.example/thanks' };
  for (const asked of [hal.checkoutOrder(order, payment), hal.topUp(100, payment)]) {
    await expect(asked).rejects.toMatchObject({ code: 'PROVIDER_NOT_FOUND' });
  }
  const { id } = await writeCheckout(seatlane.rows, 'hal');
  expect(await hal.checkout(id)).toEqual<Checkout>({
    id,
    orderId: null,
    provider: 'sandbox',
    amount: 12_000,
    currency: 'KRW',
    state: 'open',
    redirectUrl: anyText,
    expiresAt: anyTime,
    createdAt: anyTime,
  });
  await expect(user.checkout(id)).rejects.toMatchObject({ code: 'CHECKOUT_NOT_FOUND' });
  // The audit after the tests knows no event about this checkout.
  await seatlane.rows(`delete from checkout where id = ${id}`);
  await hal.cancel(order);
});

test('a user shows the ticket of a paid place, and a gate lets it in once', async () => {
  const baseUrl = seatlane.client.base;
  const token = () => signIn(baseUrl, { subject: 'gil' });
  const gil = new SeatlaneOperator({ baseUrl, token, fetch: noting });
  await gil.enterQueue();
  await gil.untilAdmitted();
  const order = await gil.order({ scheduleId: schedule.id, seatIds: [seatId(9)] });
  await gil.charge(order.total);
  await gil.pay(order);
  const [ticket] = (await gil.tickets(order.id)) as [Ticket];
  const { id, code } = ticket;
  expect(ticket).toMatchObject({ bookingId: id, orderId: order.id, state: 'valid' });
  expect(await gil.ticketQr(id)).toMatch(/^<svg .*<\/svg>$/);
  expect(await gil.calendarEntry(order.id)).toMatch(/^BEGIN:VCALENDAR\r\n/);
  const gate = new SeatlaneGate({
    baseUrl,
    token: () => signIn(baseUrl, { subject: 'the gate', role: 'gate' }),
    fetch: noting,
  });
  const scan = { scheduleId: schedule.id, code, gate: 'North 2' };
  expect(await gate.checkIn(scan)).toMatchObject({ ticketId: id, gate: 'North 2' });
  await expect(gate.checkIn({ ...scan, gate: 'South 1' })).rejects.toMatchObject({
    code: 'TICKET_ALREADY_USED',
    problem: { gate: 'North 2', at: anyTime },
  });
  await expect(gate.checkIn({ ...scan, code: 'no' })).rejects.toMatchObject({
    code: 'TICKET_INVALID',
  });
  const { sold, entered } = await gate.entered(schedule.id);
  expect([entered, sold >= entered]).toEqual([1, true]);
  await expect(gil.cancel(order)).rejects.toMatchObject({ code: 'TICKET_ALREADY_USED' });

  const south = { scheduleId: schedule.id, gate: 'South 1' };
  const opened = await operator.openGate(south);
  expect(opened).toEqual<GateSession>({
    ...south,
    accessToken: anyText,
    tokenType: 'Bearer',
    expiresIn: 43_200,
  });
  expect(await operator.drawQrCode(String(opened.accessToken))).toMatch(/^<svg .*<\/svg>$/);
  const offline = new SeatlaneGate({ baseUrl, token: String(opened.accessToken), fetch: noting });
  const scannedAt = inHours(-1);
  await expect(offline.checkIn({ ...south, code, scannedAt })).rejects.toMatchObject({
    code: 'TICKET_ALREADY_USED',
  });
  const late: RefusedScan = {
    id: expect.any(Number),
    ticketId: id,
    orderId: order.id,
    gate: 'South 1',
    subject: `gate:${schedule.id}:South 1`,
    reason: 'TICKET_ALREADY_USED',
    usedAt: anyTime,
    usedGate: 'North 2',
    scannedAt,
    at: anyTime,
    seat: {
      section: ticket.section,
      row: ticket.row,
      seatNumber: ticket.seatNumber,
      areaId: null,
      areaName: null,
    },
  };
  expect((await operator.refusedScans(schedule.id, { limit: 1 })).items).toEqual([late]);
  expect(await collect(operator.eachRefusedScan(schedule.id))).toEqual([late]);
});

test('an operator saves a hall in versions, which stay as they are', async () => {
  const plan = {
    categories: [{ name: 'Best' }],
    sections: [{ name: 'Stalls', rows: [{ name: 'A', seats: [{ number: 1, category: 'Best' }] }] }],
  };
  const made = await operator.createHall({ name: 'The Hall of the Client', plan });
  expect(made).toMatchObject<Partial<Hall>>({ version: 1, seatCount: 1 });
  const saved = await operator.saveHall(made.id, { baseVersion: 1, plan });
  expect(await operator.hall(made.id)).toEqual(saved);
  expect((await operator.halls({ limit: 1 })).items).toEqual([saved]);
  expect(await collect(operator.eachHall({ limit: 1 }))).toContainEqual(saved);
  const version = await user.hallVersion(made.id, 1);
  expect(version).toMatchObject<Partial<HallVersion>>({
    hallId: made.id,
    version: 1,
    seatCount: 1,
  });
});

test('an operator edits, shows, closes and reopens a concert, which everybody sees', async () => {
  const { id } = await operator.createConcert({ title: 'The Old Name' });
  const { id: scheduleId } = await operator.createSchedule(id, scheduleBody());
  const edited = await operator.editConcert(id, { title: 'The New Name', venue: 'Hall 2' });
  expect(edited).toMatchObject<Partial<Concert>>({ id, title: 'The New Name', venue: 'Hall 2' });
  const data = Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1').toString('base64');
  const { image } = await operator.setConcertImage(id, { type: 'image/png', data });
  const picture = await noting(`${seatlane.client.base}${image}`, { method: 'GET' });
  expect(picture.headers.get('content-type')).toBe('image/png');
  expect(await operator.closeConcert(id, 'Sold elsewhere')).toMatchObject({ state: 'closed' });
  expect(await operator.reopenConcert(id)).toMatchObject({ state: 'open' });
  expect(await operator.editSchedule(scheduleId, {})).toMatchObject({ id: scheduleId });
  const closed = await operator.closeSchedule(scheduleId, 'Sold elsewhere');
  expect(closed).toMatchObject<Partial<Schedule>>({ id: scheduleId, state: 'closed' });
  expect(await operator.reopenSchedule(scheduleId)).toMatchObject({ state: 'scheduled' });
  const { items } = await user.events({ q: 'the new' });
  expect(items).toMatchObject<Partial<SaleEvent>[]>([{ dates: 1, how: 'queue', drawAt: null }]);
  expect(await collect(user.eachEvent({ q: 'the new' }))).toEqual(items);
});

test('an operator cancels a performance, watches how it ends, and has it tried again', async () => {
  const { id } = await operator.createSchedule(concert.id, scheduleBody());
  const cancelled = await operator.cancelSchedule(id, 'The singer is ill');
  expect(cancelled).toMatchObject<Partial<Schedule>>({ id, state: 'cancelled' });
  expect(await operator.cancellation(id)).toEqual<Cancellation>({
    orders: 0,
    refunded: 0,
    pending: 0,
    failed: 0,
    holds: 0,
    isFinished: expect.any(Boolean),
    failures: [],
  });
  expect(await operator.retryCancellation(id)).toEqual(cancelled);
});

test('an operator lists failed refunds to cards, has one asked for again, and ends one in points', async () => {
  const hal = await admittedOf(seatlane.client.base, 'hal');
  const { id } = await operator.createSchedule(concert.id, scheduleBody());
  const [first, second] = (await hal.seats(id)) as [Seat, Seat];
  const [one, other] = [first, second].map((seat) =>
    hal.order({ scheduleId: id, seatIds: [seat.id] }),
  ) as [Promise<Order>, Promise<Order>];
  const { id: orderId } = await one;
  const retried = await addFailedRefund(seatlane.rows, { orderId, amount: 100 });
  const ended = await addFailedRefund(seatlane.rows, { orderId: (await other).id, amount: 40 });
  const refund: ListedCardRefund = {
    ...{ id: retried.id, checkoutId: retried.checkoutId, orderId, amount: 100, currency: 'KRW' },
    ...{ state: 'failed', attempt: 1, failure: 'CARD_CLOSED', createdAt: anyTime, endedAt: null },
    ...{ subject: 'hal', provider: 'sandbox', paymentRef: expect.stringMatching(/^chk_/) },
  };
  expect((await operator.refunds({ state: 'failed' })).items).toContainEqual(refund);
  expect(await collect(operator.eachRefund({ limit: 1 }))).toHaveLength(2);
  expect(await operator.retryRefund(retried.id)).toMatchObject<Partial<CardRefund>>({
    ...{ id: retried.id, state: 'pending', attempt: 2, failure: null },
  });
  const inPoints = { as: 'points', reason: 'The card is closed' } as const;
  expect(await operator.endRefund(ended.id, inPoints)).toMatchObject<Partial<CardRefund>>({
    ...{ id: ended.id, state: 'credited', endedAt: anyTime },
  });
  await expect(operator.endRefund(ended.id, inPoints)).rejects.toMatchObject({
    code: 'REFUND_NOT_FAILED',
  });
});

test('an operator reads sales, finds an order with its story, and looks at a user', async () => {
  const ivy = await admittedOf(seatlane.client.base, 'ivy');
  const { id } = await operator.createSchedule(concert.id, scheduleBody());
  const [seat] = (await ivy.seats(id)) as [Seat];
  const order = await ivy.order({ scheduleId: id, seatIds: [seat.id] });
  await operator.chargeForUser('ivy', 500);
  await ivy.pay(order);
  const { startAt } = await operator.sales(id);
  expect(await operator.sales(id)).toEqual<Sales>({
    ...{ scheduleId: id, concertId: concert.id, concertTitle: 'The Winter Gala', startAt },
    ...{ cancelledAt: null, cancelReason: null, areas: [], entered: 0 },
    ...{ seats: { available: 9, held: 0, sold: 1, blocked: 0 } },
    ...{ orders: 1, revenue: 100, refunded: 0 },
  });
  const money = { revenue: 100, refunded: 0 };
  expect(await operator.salesGroups(id, { by: 'category' })).toEqual<SalesGroup[]>([
    { name: null, areaId: null, price: 100, available: 9, held: 0, sold: 1, blocked: 0, ...money },
  ]);
  expect(await operator.salesSeries(id, { step: 'hour' })).toEqual<SalesSeries>({
    timeZone: 'UTC',
    items: [{ from: anyTime, sold: 1, returned: 0, ...money }],
  });
  expect(await operator.ordersCsv(id)).toMatch(/^order,state,user,.*\r\n\d+,paid,ivy,.*\r\n$/);
  const found: FoundOrder = { ...(await ivy.orderById(order.id)), subject: 'ivy' };
  expect((await operator.findOrders({ user: 'ivy' })).items).toEqual([found]);
  expect(await collect(operator.eachFoundOrder({ scheduleId: id, limit: 1 }))).toEqual([found]);
  const { order: shown, subject, story } = await operator.orderStory(order.id);
  expect({ ...shown, subject }).toEqual(found);
  expect(story.map(({ event }) => event)).toEqual(['placed', 'paid']);
  expect(await operator.userAccount('ivy')).toMatchObject<Partial<UserAccount>>({
    ...{ subject: 'ivy', balance: 400, orders: [shown] },
  });
});

test('an operator lists owed calls, and has a dead one made', async () => {
  const jon = await admittedOf(seatlane.client.base, 'jon');
  const { id } = await operator.createSchedule(concert.id, scheduleBody());
  const [seat] = (await jon.seats(id)) as [Seat];
  const { id: orderId } = await jon.order({ scheduleId: id, seatIds: [seat.id] });
  const { id: refundId, checkoutId } = await addFailedRefund(seatlane.rows, { orderId, amount: 9 });
  await seatlane.rows(
    `insert into outbox_call (kind, checkout_id, refund_id, next_at, offers, created_at)
     values ('refund', ${checkoutId}, ${refundId}, now() + interval '1 h', 10, now())`,
  );
  const [call] = (await operator.owedCalls({ state: 'dead' })).items;
  expect(call).toEqual<OwedCall>({
    ...{ id: expect.any(Number), kind: 'refund', checkoutId, orderId, refundId },
    ...{ offers: 10, isDead: true, nextAt: anyTime, createdAt: anyTime },
  });
  expect(await collect(operator.eachOwedCall({ state: 'dead', limit: 1 }))).toEqual([call]);
  const { nextAt, ...retried } = await operator.retryCall(call?.id ?? 0);
  expect({ ...retried, nextAt: call?.nextAt }).toEqual(call);
  expect(Date.parse(nextAt)).toBeLessThan(Date.parse(call?.nextAt ?? ''));
});

/** Operations without a method: for operation of the system, for the board, or covered by another method. */
const NOT_OFFERED = [
  'GET /health/live',
  'GET /health/ready',
  'GET /health/serving',
  'GET /metrics',
  'GET /.well-known/jwks.json',
  'GET /admin/figures',
  'GET /admin/session',
  'POST /payments/{provider}/events',
  'GET /concerts/schedules/{scheduleId}/availability',
];

test('every operation of the API is covered', async () => {
  const { operations } = await readOperations(seatlane.client);
  const isSent = ({ method, path }: { method: string; path: string }) => {
    const filled = path
      .replaceAll('{id}', '[\\w-]+')
      .replaceAll('{subject}', '[^/]+')
      .replaceAll(/\{\w+\}/g, '\\d+');
    const pattern = new RegExp(`^${method} ${filled}$`);
    return [...sent].some((each) => pattern.test(each));
  };
  const missing = operations.filter((each) => !isSent(each)).map(({ name }) => name);
  expect(missing.toSorted()).toEqual(NOT_OFFERED.toSorted());
});
