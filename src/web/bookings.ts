/** What a user does with bookings and points: the commands, and what is known of their outcomes. */
import type { Booking, Payment } from '../commands/resources.ts';
import { ask, codeOf } from './api.ts';
import { secondsUntil } from './clock.ts';
import { joinQueue, untilAdmitted } from './place.ts';
import { makeStore } from './store.ts';

/** As many seats as the API holds at once. */
export const SEATS_AT_ONCE_MAX = 10;
const RECENT = 100;
const NEW_TURN_MS_MAX = 10_000;

/** In points; undefined until it was read. */
export const balance = makeStore<number | undefined>(undefined);

export async function readBalance(): Promise<void> {
  balance.set((await ask((seatlane) => seatlane.points())).balance);
}

/** @returns the balance afterwards, in points */
export async function charge(amount: number): Promise<number> {
  const charged = await ask((seatlane) => seatlane.charge(amount));
  balance.set(charged.balance);
  return charged.balance;
}

export async function readBookings(): Promise<Booking[]> {
  return (await ask((seatlane) => seatlane.bookings({ limit: RECENT }))).items;
}

/** A single seat goes the way on which whoever was first gets it; several are held all or none. */
export async function holdSeats(seatIds: readonly number[]): Promise<Booking[]> {
  const [only, ...others] = seatIds;
  return ask(async (seatlane) =>
    only !== undefined && others.length === 0
      ? [await seatlane.book(only)]
      : seatlane.bookSeats(seatIds),
  );
}

export interface Wish {
  quantity: number;
  /** For each seat, in points. */
  maxPrice?: number;
}

export function holdBest(scheduleId: number, wish: Wish): Promise<Booking[]> {
  return ask((seatlane) => seatlane.bookBest({ scheduleId, ...wish }));
}

export function cancel({ id }: Booking): Promise<Booking> {
  return ask((seatlane) => seatlane.cancel(id));
}

/**
 * Pays for all that is held. The payments go out together, for the first one that is carried out ends the
 * turn. What came too late for that is paid with a new turn, if there is one soon.
 * @returns the refusals
 */
export async function payFor(held: readonly Booking[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(
    held.map(({ id }) => ask((seatlane) => seatlane.pay(id))),
  );
  const refusals = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  const late = held.filter((_, index) => isLate(outcomes[index]));
  if (late.length === 0 || late.length === held.length) return refusals;
  await joinQueue().catch(() => undefined);
  return (await untilAdmitted(NEW_TURN_MS_MAX)) ? payFor(late) : refusals;
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
