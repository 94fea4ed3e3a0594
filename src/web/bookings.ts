/** The commands on bookings and points, and the user's balance. */
import type { Booking, Payment } from '../commands/schemas/resources.ts';
import { callApi, codeOf } from './api.ts';
import { secondsUntil } from './clock.ts';
import { joinQueue, untilAdmitted } from './queue-entry.ts';
import { makeStore } from './store.ts';

/** The API's limit of seats in one booking. */
export const SEATS_AT_ONCE_MAX = 10;
const RECENT = 100;
const READMISSION_MS_MAX = 10_000;

/** In points; undefined until it has been read. */
export const balance = makeStore<number | undefined>(undefined);

export async function readBalance(): Promise<void> {
  balance.set((await callApi((seatlane) => seatlane.points())).balance);
}

/** @returns the new balance, in points */
export async function charge(amount: number): Promise<number> {
  const charged = await callApi((seatlane) => seatlane.charge(amount));
  balance.set(charged.balance);
  return charged.balance;
}

export async function readBookings(): Promise<Booking[]> {
  return (await callApi((seatlane) => seatlane.bookings({ limit: RECENT }))).items;
}

/** Holds one seat through the lane of that seat, several seats all or none through the lane of the user. */
export async function holdSeats(seatIds: readonly number[]): Promise<Booking[]> {
  const [only, ...others] = seatIds;
  return callApi(async (seatlane) =>
    only !== undefined && others.length === 0
      ? [await seatlane.book(only)]
      : seatlane.bookSeats(seatIds),
  );
}

export interface BestSeatsRequest {
  quantity: number;
  /** The highest price of one seat, in points. */
  maxPrice?: number;
}

export function holdBest(scheduleId: number, request: BestSeatsRequest): Promise<Booking[]> {
  return callApi((seatlane) => seatlane.bookBest({ scheduleId, ...request }));
}

export function cancel({ id }: Booking): Promise<Booking> {
  return callApi((seatlane) => seatlane.cancel(id));
}

/**
 * Pays all holds. The payments are sent at the same time, because the first successful one ends the session. Payments
 * that were too late for that are retried once the user is admitted again, if that happens soon.
 * @returns the refusals
 */
export async function payFor(held: readonly Booking[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(
    held.map(({ id }) => callApi((seatlane) => seatlane.pay(id))),
  );
  const refusals = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  const late = held.filter((_, index) => isLate(outcomes[index]));
  if (late.length === 0 || late.length === held.length) return refusals;
  await joinQueue().catch(() => undefined);
  return (await untilAdmitted(READMISSION_MS_MAX)) ? payFor(late) : refusals;
}

function isLate(outcome: PromiseSettledResult<Payment> | undefined): boolean {
  return outcome?.status === 'rejected' && codeOf(outcome.reason) === 'QUEUE_TOKEN_INVALID';
}

/** A hold that can still be paid. */
export function isLive({ state, holdExpiresAt }: Booking): boolean {
  return state === 'held' && secondsUntil(holdExpiresAt) > 0;
}

export function totalOf(priced: readonly { price: number }[]): number {
  return priced.reduce((sum, { price }) => sum + price, 0);
}
