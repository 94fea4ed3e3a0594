/**
 * Checks that for each user's points, each user's queue entry and each seat, one order of operations explains all responses.
 */
import type { Noted } from './customers.ts';
import { findContradiction, type Model, type Observed } from './history.ts';

/**
 * Commands that were refused before they were accepted, failed, or were lost took no effect and are left out:
 * scene.ts holds them against the receipts.
 * @returns what cannot be explained, a text for each user or seat; and how much was looked at */
export function explainAll(notes: readonly Noted[]): { wrong: string[]; histories: number } {
  const counting = notes.filter(({ answer }) => ['succeeded', 'rejected'].includes(answer.state));
  const bySubject = Map.groupBy(counting, ({ subject }) => subject);
  const bySeat = Map.groupBy(
    counting.flatMap((noted) => seatsOf(noted).map((seatId) => ({ seatId, noted }))),
    ({ seatId }) => seatId,
  );
  const wrong: string[] = [];
  const explain = <State extends string | number>(
    what: string,
    model: Model<State, Noted>,
    history: readonly Noted[],
  ) => {
    const contradiction = findContradiction(model, history.map(asObserved));
    if (contradiction) wrong.push(`${what}:\n${contradiction.map(asText).join('\n')}`);
  };
  for (const [subject, history] of bySubject) {
    explain(`points of ${subject}`, points, history.filter(isAboutPoints));
    explain(`place of ${subject}`, places, history.filter(isAboutPlaces));
  }
  for (const [seatId, history] of bySeat) {
    explain(
      `seat ${seatId}`,
      seats(seatId),
      history.map(({ noted }) => noted),
    );
  }
  return { wrong, histories: 2 * bySubject.size + bySeat.size };
}

const asObserved = (operation: Noted): Observed<Noted> => ({
  sentAt: operation.sentAt,
  answeredAt: operation.answeredAt,
  operation,
});

const asText = ({ operation }: Observed<Noted>) => `  ${JSON.stringify(operation)}`;

const isAboutPoints = ({ kind }: Noted) =>
  ['charge', 'use', 'pay', 'cancel', 'balance'].includes(kind);

const isAboutPlaces = ({ kind }: Noted) => ['enter', 'pay'].includes(kind);

/** A refusal of several seats names one seat that was not free, and says nothing about the others. */
function seatsOf({ seatIds = [], answer }: Noted): readonly number[] {
  if (answer.state === 'rejected' && answer.seatId !== undefined) return [answer.seatId];
  return seatIds;
}

/** A user's balance. */
const points: Model<number, Noted> = {
  initial: 0,
  apply(balance, { kind, amount = 0, price = 0, answer }) {
    const cost = kind === 'use' ? amount : price;
    if (answer.state === 'rejected') {
      if (answer.code !== 'INSUFFICIENT_POINTS') return balance;
      return balance < cost ? balance : undefined;
    }
    const next = { charge: balance + amount, use: balance - amount, pay: balance - price };
    const { result } = answer as { result: { state?: string; balance?: number } };
    const refund = result.state === 'refunded' ? price : 0;
    const after = kind in next ? next[kind as keyof typeof next] : balance + refund;
    const told = result.balance ?? after;
    return after >= 0 && told === after ? after : undefined;
  },
};

/**
 * The number of a user's open queue entry; 0 without one. Negative after a payment, which ends the entry unless the user
 * holds another order.
 */
const places: Model<number, Noted> = {
  initial: 0,
  apply(place, { kind, answer }) {
    if (kind === 'pay') return answer.state === 'succeeded' ? -Math.abs(place) : place;
    if (answer.state !== 'succeeded') return place;
    const { number } = answer.result;
    return place === number || (place <= 0 && number >= -place) ? number : undefined;
  },
};

/** A seat: `free`, or `held 7` and `paid 7` by the booking 7. */
const seats = (seatId: number): Model<string, Noted> => ({
  initial: 'free',
  apply(seat, { kind, bookingId, answer }) {
    const [state, owner] = seat.split(' ');
    const isMine = owner === String(bookingId);
    if (answer.state === 'rejected') {
      const fits: Record<string, boolean> = {
        SEAT_ALREADY_HELD: state === 'held',
        SEAT_ALREADY_SOLD: state === 'paid',
        PAYMENT_ALREADY_PROCESSED: state === 'paid' && isMine,
        BOOKING_CANCELLED: !isMine,
        BOOKING_IN_ORDER: state === 'held' && isMine,
        INSUFFICIENT_POINTS: state === 'held' && isMine,
        // Seats are judged before areas.
        AREA_HELD: state === 'free',
        AREA_SOLD_OUT: state === 'free',
      };
      return (fits[answer.code] ?? answer.code.startsWith('QUEUE_TOKEN')) ? seat : undefined;
    }
    if (kind === 'pay') return state === 'held' && isMine ? `paid ${bookingId}` : undefined;
    const { result } = answer as { result: any };
    if (kind === 'cancel') {
      const before = result.state === 'refunded' ? 'paid' : 'held';
      return seat === `${before} ${bookingId}` ? 'free' : undefined;
    }
    if (state !== 'free') return undefined;
    const made = kind === 'book' ? [result] : result.bookings;
    return `held ${made.find((booking: any) => booking.seatId === seatId).id}`;
  },
});
