/** The rules for points: a balance is a whole number and never negative. */
import { type Decision, refuse } from './reasons.ts';

/** An amount of points that moves, and the user's balance afterwards. */
export interface Moved {
  amount: number;
  balance: number;
}

/**
 * Adds `amount` points (at least 0). There is no refusal for a balance above 2^53 - 1: to get there takes 900 million
 * of the largest charges, and a constraint on the column would stop it.
 */
export function charge(balance: number, amount: number): Moved {
  return { amount, balance: balance + amount };
}

/** Decides whether `amount` points (at least 0) can be taken from the balance. */
export function decideUse(balance: number, amount: number): Decision<Moved> {
  if (amount > balance) {
    const detail = `${amount} points are needed; the balance is ${balance}.`;
    return refuse('INSUFFICIENT_POINTS', detail, { missing: amount - balance });
  }
  return { change: { amount, balance: balance - amount } };
}
