/**
 * Customers who shop at random and note down everything: they enter the queue, charge and use points, hold one
 * seat or several, also with places of an area, pay, cancel, and look at their balance. Some seats and one user are wanted by many at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../scripts/simulate/seeded-random.ts';
import { type Answer, type Door, read, type Sender, sendCommand } from './requests.ts';
import { ROUNDS, untilNextWaveMs } from './rounds.ts';

/** A customer's request and its outcome. */
export interface Noted {
  subject: string;
  kind: 'charge' | 'use' | 'book' | 'book-several' | 'pay' | 'cancel' | 'balance' | 'enter';
  amount?: number;
  seatIds?: readonly number[];
  bookingId?: number;
  price?: number;
  sentAt: number;
  answeredAt: number;
  answer: Answer;
}

export interface Shop {
  door: Door;
  /** Seats that all customers want. */
  hotSeats: readonly number[];
  coldSeats: readonly number[];
  scheduleId: number;
  /** An area with fewer places than are wanted. */
  areaId: number;
  price: number;
  notes: Noted[];
  tokenFor(subject: string): Promise<string>;
}

interface Held {
  id: number;
  /** null for a place of an area. */
  seatId: number | null;
}

const THINK_MS = 15;

type Act = () => Promise<void>;

export class Customer {
  readonly #shop: Shop;
  readonly #subject: string;
  readonly #random: () => number;
  readonly #bookings: Held[] = [];
  #sender: Sender = { token: '' };

  constructor(shop: Shop, subject: string, seed: number) {
    this.#shop = shop;
    this.#subject = subject;
    this.#random = seededRandom(seed);
  }

  /** Shops until it is stopped; then completes the requests in flight. */
  async shop(isClosing: () => boolean): Promise<void> {
    this.#sender = { token: await this.#shop.tokenFor(this.#subject) };
    await this.#enter();
    await this.#charge(this.#upTo(500));
    while (!isClosing()) {
      await this.#choose()();
      await sleep(ROUNDS === 1 ? untilNextWaveMs() : THINK_MS * this.#random());
    }
  }

  #choose(): Act {
    const acts: [share: number, act: Act][] = [
      [18, () => this.#charge(this.#upTo(50))],
      [12, () => this.#use(this.#upTo(80))],
      [24, () => this.#book([this.#seat(this.#shop.hotSeats)])],
      [10, () => this.#book([this.#seat(this.#shop.coldSeats)])],
      [10, () => this.#book(this.#differentSeats(this.#upTo(3)))],
      [8, () => this.#stand([])],
      [5, () => this.#stand([this.#seat(this.#shop.hotSeats)])],
      [12, () => this.#pay()],
      [14, () => this.#cancel()],
      [6, () => this.#balance()],
      [2, () => this.#enter()],
    ];
    let left = this.#random() * acts.reduce((sum, [share]) => sum + share, 0);
    for (const [share, act] of acts) {
      left -= share;
      if (left <= 0) return act;
    }
    return () => this.#balance();
  }

  async #enter(): Promise<void> {
    await this.#command({ kind: 'enter' }, { method: 'POST', path: '/users/queue' });
    for (;;) {
      const { body } = await read(this.#shop.door, this.#sender, '/users/queue');
      // The queue entry can end in between: another customer who is the same user has paid.
      if (body.queueToken) this.#sender.queueToken = body.queueToken;
      if (body.state !== 'waiting') return;
      await sleep(THINK_MS);
    }
  }

  async #charge(amount: number): Promise<void> {
    const request = { method: 'POST', path: '/points/charge', body: { amount } };
    await this.#command({ kind: 'charge', amount }, request);
  }

  async #use(amount: number): Promise<void> {
    await this.#command(
      { kind: 'use', amount },
      { method: 'POST', path: '/points/use', body: { amount } },
    );
  }

  async #book(seatIds: number[]): Promise<void> {
    const [seatId] = seatIds;
    const isOne = seatIds.length === 1;
    const answer = await this.#command(
      { kind: isOne ? 'book' : 'book-several', seatIds },
      isOne
        ? { method: 'POST', path: `/concerts/seats/${seatId}/book` }
        : { method: 'POST', path: '/concerts/bookings', body: { seatIds } },
    );
    if (answer.state !== 'succeeded') return;
    for (const booking of isOne ? [answer.result] : answer.result.bookings) {
      this.#bookings.push({ id: booking.id, seatId: booking.seatId });
    }
  }

  /** One order of a place of the area, and perhaps a seat. */
  async #stand(seatIds: number[]): Promise<void> {
    const { scheduleId, areaId } = this.#shop;
    const areas = [{ areaId, quantity: 1 }];
    const body = { scheduleId, areas, ...(seatIds.length > 0 && { seatIds }) };
    const answer = await this.#command(
      { kind: 'book-several', seatIds },
      { method: 'POST', path: '/orders', body },
    );
    if (answer.state === 'succeeded') this.#bookings.push(...answer.result.bookings);
  }

  async #pay(): Promise<void> {
    const booking = this.#bookings[Math.floor(this.#random() * this.#bookings.length)];
    if (!booking) return;
    const path = `/concerts/bookings/${booking.id}/pay`;
    const { price } = this.#shop;
    const seatIds = seatsOf(booking);
    const what = { kind: 'pay', bookingId: booking.id, seatIds, price } as const;
    const { state } = await this.#command(what, { method: 'POST', path });
    // The queue entry ended with the payment, unless another hold keeps it.
    if (state === 'succeeded') await this.#enter();
  }

  async #cancel(): Promise<void> {
    const index = Math.floor(this.#random() * this.#bookings.length);
    const booking = this.#bookings[index];
    if (!booking) return;
    const path = `/concerts/bookings/${booking.id}`;
    const { price } = this.#shop;
    const what = {
      ...({ kind: 'cancel', bookingId: booking.id } as const),
      seatIds: seatsOf(booking),
      price,
    };
    const { state } = await this.#command(what, { method: 'DELETE', path });
    // Sometimes a booking is kept and later cancelled or paid again.
    if (state === 'succeeded' && this.#random() < 0.8) this.#bookings.splice(index, 1);
  }

  async #balance(): Promise<void> {
    const sentAt = performance.now();
    const { body } = await read(this.#shop.door, this.#sender, '/points');
    const answer: Answer = { state: 'succeeded', jobId: '', result: body };
    const answeredAt = performance.now();
    const subject = this.#subject;
    this.#shop.notes.push({ kind: 'balance', subject, sentAt, answeredAt, answer });
  }

  async #command(
    what: Omit<Noted, 'subject' | 'sentAt' | 'answeredAt' | 'answer'>,
    request: { method: string; path: string; body?: object },
  ): Promise<Answer> {
    const sentAt = performance.now();
    const answer = await sendCommand(this.#shop.door, this.#sender, request);
    const answeredAt = performance.now();
    this.#shop.notes.push({ ...what, subject: this.#subject, sentAt, answeredAt, answer });
    const code = 'code' in answer ? answer.code : '';
    if (what.kind !== 'enter' && code.startsWith('QUEUE_TOKEN')) await this.#enter();
    return answer;
  }

  #upTo(most: number): number {
    return 1 + Math.floor(this.#random() * most);
  }

  #seat(seats: readonly number[]): number {
    return seats[Math.floor(this.#random() * seats.length)] as number;
  }

  #differentSeats(count: number): number[] {
    const seats = Array.from({ length: count + 1 }, () => this.#seat(this.#shop.hotSeats));
    return [...new Set(seats)];
  }
}

const seatsOf = ({ seatId }: Held) => (seatId === null ? [] : [seatId]);
