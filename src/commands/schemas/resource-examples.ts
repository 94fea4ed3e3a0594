/** An example of each resource, for the OpenAPI document. */

export const concertExample = {
  id: 1,
  title: 'The Winter Gala',
  description: null,
  createdAt: '2026-11-20T09:00:00.000Z',
  queueId: 1,
  venue: 'Olympic Hall, Seoul',
  timeZone: 'Asia/Seoul',
  image: null,
  state: 'open',
};

export const scheduleExample = {
  id: 1,
  concertId: 1,
  bookingStartAt: '2026-11-20T09:00:00.000Z',
  bookingEndAt: '2026-12-20T09:00:00.000Z',
  startAt: '2026-12-20T19:00:00.000Z',
  endAt: '2026-12-20T22:00:00.000Z',
  seatCount: 600,
  state: 'scheduled',
  prices: { from: 8000, to: 15_000 },
  availableCount: 412,
};

export const seatExample = {
  id: 187,
  section: 'Stalls',
  row: 'G',
  number: 7,
  price: 12_000,
  state: 'available',
};

export const areaExample = {
  id: 4,
  name: 'Standing',
  price: 6000,
  capacity: 500,
  available: 321,
  held: 12,
  sold: 167,
};

export const bookingExample = {
  id: 1,
  orderId: 1,
  concertId: 1,
  concertTitle: 'The Winter Gala',
  scheduleId: 1,
  startAt: '2026-12-20T19:00:00.000Z',
  areaId: null,
  areaName: null,
  seatId: 187,
  section: 'Stalls',
  row: 'G',
  seatNumber: 7,
  price: 12_000,
  state: 'held',
  holdExpiresAt: '2026-11-21T02:25:08.316Z',
  createdAt: '2026-11-21T02:20:08.316Z',
};

export const orderExample = {
  id: 1,
  state: 'held',
  concertId: 1,
  scheduleId: 1,
  queueId: 1,
  total: 12_000,
  holdExpiresAt: '2026-11-21T02:25:08.316Z',
  bookings: [bookingExample],
  createdAt: '2026-11-21T02:20:08.316Z',
  paidAt: null,
};

export const paymentExample = {
  id: 1,
  bookingId: 1,
  seatId: 187,
  areaId: null,
  price: 12_000,
  kind: 'payment',
  balance: 0,
  createdAt: '2026-11-21T02:20:08.386Z',
};

export const queueEntryExample = {
  queueId: 1,
  number: 4711,
  enteredAt: '2026-11-20T08:59:58.317Z',
  state: 'waiting',
  position: 211,
  waiting: 900,
  estimatedWaitSeconds: 9,
  isWaitKnown: true,
  waitingTicket: 'eyJhbGciOiJFZERTQSJ9.eyJudW1iZXIiOjQ3MTF9.c2lnbmF0dXJl',
  queueToken: null,
  expiresAt: null,
  bookingUntil: null,
  isPaused: false,
  isGathering: false,
  opensAt: null,
  isSoldOut: false,
};

export const balanceExample = { balance: 12_000 };

export const pointHistoryLineExample = {
  id: 2,
  kind: 'use',
  amount: 12_000,
  balance: 0,
  createdAt: '2026-11-21T02:20:08.386Z',
};
