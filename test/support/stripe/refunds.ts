/** The refunds of the fake Stripe. */
import { type Fields, namesOf, textAt, textsAt } from './form.ts';
import { type Charge, type Intent, idOf } from './sessions.ts';
import { invalid, StripeFault } from './stripe-error.ts';

export interface Refund {
  id: string;
  object: 'refund';
  status: 'pending' | 'succeeded' | 'failed' | 'canceled';
  failure_reason?: string;
  pending_reason?: string;
  amount: number;
  currency: string;
  payment_intent: string;
  charge: string;
  metadata: Record<string, string>;
}

export interface RefundWish {
  amount: number;
  intent: Intent;
  charge: Charge;
  metadata: Record<string, string>;
}

/** @throws {StripeFault} if the refund is not possible */
export function wishedRefund(fields: Fields, intents: Iterable<Intent>): RefundWish {
  const KNOWN = /^(payment_intent|amount|metadata\[.*)$/;
  const unknown = namesOf(fields).find((name) => !KNOWN.test(name));
  if (unknown) throw invalid(unknown, `Received unknown parameter: ${unknown}`);
  const given = textAt(fields, 'payment_intent') ?? '';
  const intent = [...intents].find(({ id }) => id === given);
  if (!intent) throw missing('payment_intent', given);
  const { charge } = intent;
  const refuse = (message: string, code?: string) =>
    new StripeFault(400, { message, ...(code !== undefined && { code }) }, { isKept: true });
  if (!charge) throw refuse('This PaymentIntent does not have a successful charge to refund.');
  const text = textAt(fields, 'amount') ?? '';
  if (!/^[1-9]\d*$/.test(text)) throw invalid('amount', `Invalid positive integer: ${text}`);
  const amount = Number(text);
  const left = charge.amount - charge.amount_refunded;
  if (left === 0) {
    throw refuse(`Charge ${charge.id} has already been refunded.`, 'charge_already_refunded');
  }
  if (amount > left) {
    throw refuse(
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`,
    );
  }
  return { amount, intent, charge, metadata: textsAt(fields, 'metadata') };
}

/** Takes the amount from the charge, unless the refund fails at once. */
export function madeRefund(wish: RefundWish, status: Refund['status'], reason?: string): Refund {
  const { amount, intent, charge, metadata } = wish;
  if (status === 'pending' || status === 'succeeded') charge.amount_refunded += amount;
  return {
    id: idOf('re'),
    object: 'refund',
    status,
    ...(reason !== undefined && { failure_reason: reason }),
    ...(status === 'pending' && { pending_reason: 'insufficient_funds' }),
    amount,
    currency: intent.currency,
    payment_intent: intent.id,
    charge: charge.id,
    metadata,
  };
}

export const missing = (param: string, id: string) =>
  new StripeFault(404, { param, code: 'resource_missing', message: `No such ${param}: '${id}'` });
