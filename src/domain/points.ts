/** The rules of points: whole numbers, never negative. */
import { type Decision, refuse } from './reasons.ts';

/**
 * Adds `amount` points (at least 0). The highest balance, 2^53 - 1, is 900 million of the largest
 * charges away, so there is no refusal for it: the column's constraint stands guard.
 */
export function charge(balance: number, amount: number): { balance: number } {
  return { balance: balance + amount };
}

/** Takes `amount` points (at least 0) away, if they are there. */
export function decideUse(balance: number, amount: number): Decision<{ balance: number }> {
  if (amount > balance) {
    return refuse('INSUFFICIENT_POINTS', `${amount} points are needed, ${balance} are there.`);
  }
  return { change: { balance: balance - amount } };
}
