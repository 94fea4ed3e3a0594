/** The responses to customers are checked for each seat, each user's points and each user's queue entry. */
import { expect, test } from 'vitest';
import type { Noted } from '../../../../support/faults/customers.ts';
import { explainAll } from '../../../../support/faults/explain.ts';
import type { Answer } from '../../../../support/faults/requests.ts';

let clock = 0;

/** An operation that ended before the next one was sent. */
function noted(subject: string, what: Partial<Noted> & { kind: Noted['kind'] }, answer: Answer) {
  clock += 2;
  return { subject, ...what, sentAt: clock, answeredAt: clock + 1, answer } satisfies Noted;
}

const done = (result: object): Answer => ({ state: 'succeeded', jobId: 'job', result });
const no = (code: string, seatId?: number): Answer =>
  seatId === undefined
    ? { state: 'rejected', jobId: 'job', code }
    : { state: 'rejected', jobId: 'job', code, seatId };
const book = (subject: string, seatId: number, answer: Answer) =>
  noted(subject, { kind: 'book', seatIds: [seatId] }, answer);
const held = (id: number, seatId = 7) => done({ id, seatId });
const pay = (subject: string, bookingId: number, answer: Answer) =>
  noted(subject, { kind: 'pay', bookingId, seatIds: [7], price: 10 }, answer);
const cancel = (subject: string, bookingId: number, state: string) =>
  noted(subject, { kind: 'cancel', bookingId, seatIds: [7], price: 10 }, done({ id: 1, state }));
const charge = (subject: string, amount: number, balance: number) =>
  noted(subject, { kind: 'charge', amount }, done({ balance }));

test('an ordinary history is explained', () => {
  const day = [
    charge('ada', 15, 15),
    book('ada', 7, held(1)),
    book('bob', 7, no('SEAT_ALREADY_HELD')),
    pay('ada', 1, done({ balance: 5 })),
    book('bob', 7, no('SEAT_ALREADY_SOLD')),
    pay('ada', 1, no('PAYMENT_ALREADY_PROCESSED')),
    cancel('ada', 1, 'refunded'),
    charge('ada', 1, 16),
    book('bob', 7, held(2)),
    cancel('bob', 2, 'cancelled'),
  ];
  expect(explainAll(day)).toEqual({ wrong: [], histories: 5 });
});

test.each([
  ['a seat that was given to two users', [book('ada', 7, held(1)), book('bob', 7, held(2))]],
  ['a refusal of a free seat', [book('ada', 7, no('SEAT_ALREADY_HELD'))]],
  [
    'a sold seat that is reported as held',
    [book('a', 7, held(1)), book('b', 7, no('SEAT_ALREADY_SOLD'))],
  ],
  ['points from nowhere', [charge('ada', 5, 6)]],
  ['a charge that was lost', [charge('ada', 5, 5), charge('ada', 5, 5)]],
  [
    'a payment of a booking that has ended',
    [charge('a', 10, 10), pay('a', 1, done({ balance: 0 }))],
  ],
])('%s is not', (_what, notes) => {
  expect(explainAll(notes).wrong).toHaveLength(1);
});

test('a refusal of several seats concerns only the seat that it names', () => {
  const several = { kind: 'book-several', seatIds: [7, 8] } as const;
  const notes = [book('ada', 8, held(1, 8)), noted('bob', several, no('SEAT_ALREADY_HELD', 8))];
  expect(explainAll(notes).wrong).toEqual([]);
});
