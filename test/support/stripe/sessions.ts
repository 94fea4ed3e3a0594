/** The checkout sessions of the fake Stripe, and the payments that they take. */
import { randomBytes } from 'node:crypto';
import { type Fields, namesOf, textAt, textsAt } from './form.ts';
import { invalid, StripeFault } from './stripe-error.ts';

export interface Charge {
  id: string;
  amount: number;
  amount_refunded: number;
}

export interface Intent {
  id: string;
  status: 'requires_payment_method' | 'requires_action' | 'processing' | 'succeeded' | 'canceled';
  amount: number;
  amount_received: number;
  currency: string;
  metadata: Record<string, string>;
  charge: Charge | null;
}

export interface Session {
  id: string;
  status: 'open' | 'complete' | 'expired';
  payment_status: 'unpaid' | 'paid';
  amount_total: number;
  currency: string;
  metadata: Record<string, string>;
  client_reference_id: string | null;
  success_url: string;
  cancel_url: string;
  /** In seconds since 1970. */
  created: number;
  expires_at: number;
  /** What the buyer sees. */
  product: string;
  url: string;
  intent: Intent | null;
  intentMetadata: Record<string, string>;
}

/** The parameters that the version of the API has, as far as the adapter may use them. */
const KNOWN = [
  'mode',
  'allowed_payment_method_types[]',
  'adaptive_pricing[enabled]',
  'client_reference_id',
  'metadata[',
  'payment_intent_data[metadata][',
  'line_items[][quantity]',
  'line_items[][price_data][currency]',
  'line_items[][price_data][unit_amount]',
  'line_items[][price_data][product_data][name]',
  'success_url',
  'cancel_url',
  'expires_at',
];
const isKnown = (name: string) =>
  KNOWN.some((known) => (known.endsWith('[') ? name.startsWith(known) : name === known));

/** The smallest amounts in minor units; of other currencies about half a dollar. */
const AMOUNT_MIN: Record<string, number> = { eur: 50, usd: 50, gbp: 30, jpy: 50, krw: 700 };
const AMOUNT_MAX = 99_999_999;
const SHORTEST_SECONDS = 30 * 60;
const LONGEST_SECONDS = 24 * 3600;

export const idOf = (prefix: string) => `${prefix}_test_${randomBytes(12).toString('hex')}`;

/** @param now in seconds since 1970 @throws {StripeFault} */
export function openedSession(fields: Fields, { now, url }: { now: number; url: string }): Session {
  for (const name of namesOf(fields)) {
    if (name.startsWith('payment_method_types')) {
      const code = 'payment_method_types_no_longer_supported';
      throw invalid('payment_method_types', 'Use allowed_payment_method_types instead.', code);
    }
    if (!isKnown(name))
      throw invalid(name, `Received unknown parameter: ${name}`, 'parameter_unknown');
  }
  if (textAt(fields, 'mode') !== 'payment') throw invalid('mode', 'Invalid mode.');
  const price = 'line_items.0.price_data';
  const currency = textAt(fields, `${price}.currency`) ?? '';
  if (!(currency in AMOUNT_MIN)) throw invalid('currency', `Invalid currency: ${currency}.`);
  const amount = wholeNumber(fields, `${price}.unit_amount`);
  if (wholeNumber(fields, 'line_items.0.quantity') !== 1) throw invalid('quantity', 'Not 1.');
  if (amount > AMOUNT_MAX)
    throw invalid('line_items', 'The total amount is too large.', 'amount_too_large');
  if (amount < (AMOUNT_MIN[currency] ?? 0)) {
    throw invalid('line_items', 'The total amount is too small.', 'amount_too_small');
  }
  const expiresAt = wholeNumber(fields, 'expires_at');
  const seconds = expiresAt - now;
  if (seconds < SHORTEST_SECONDS || seconds > LONGEST_SECONDS) {
    throw invalid(
      'expires_at',
      'The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.',
    );
  }
  const product = textAt(fields, `${price}.product_data.name`);
  if (!product) throw invalid('name', 'Missing required param: name.', 'parameter_missing');
  const id = idOf('cs');
  return {
    id,
    status: 'open',
    payment_status: 'unpaid',
    amount_total: amount,
    currency,
    metadata: textsAt(fields, 'metadata'),
    client_reference_id: textAt(fields, 'client_reference_id') ?? null,
    success_url: addressAt(fields, 'success_url'),
    cancel_url: addressAt(fields, 'cancel_url'),
    created: now,
    expires_at: expiresAt,
    product,
    url: `${url}/c/pay/${id}`,
    intent: null,
    intentMetadata: textsAt(fields, 'payment_intent_data.metadata'),
  };
}

function wholeNumber(fields: Fields, path: string): number {
  const text = textAt(fields, path);
  if (text === undefined || !/^\d+$/.test(text)) throw invalid(path, `Invalid integer: ${text}`);
  return Number(text);
}

function addressAt(fields: Fields, path: string): string {
  const text = textAt(fields, path);
  if (text === undefined || !/^https?:\/\//.test(text)) {
    throw invalid(path, 'Not a valid URL', 'url_invalid');
  }
  return text;
}

/** The payment of a session, which begins when the buyer first confirms. */
export function intentOf(session: Session): Intent {
  session.intent ??= {
    id: idOf('pi'),
    status: 'requires_payment_method',
    amount: session.amount_total,
    amount_received: 0,
    currency: session.currency,
    metadata: session.intentMetadata,
    charge: null,
  };
  return session.intent;
}

/** Captures the amount. @throws Error if the page takes no payment any more */
export function capture(session: Session): void {
  if (session.status !== 'open') throw new Error(`The session is ${session.status}.`);
  const intent = intentOf(session);
  intent.status = 'succeeded';
  intent.amount_received = session.amount_total;
  intent.charge = { id: idOf('ch'), amount: session.amount_total, amount_refunded: 0 };
  session.status = 'complete';
  session.payment_status = 'paid';
}

/** @throws {StripeFault} unless the session is open, and nobody is just paying */
export function expireSession(session: Session): void {
  if (session.status !== 'open' || session.intent?.status === 'processing') {
    throw new StripeFault(
      400,
      {
        message: `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
      },
      { isKept: true },
    );
  }
  session.status = 'expired';
  if (session.intent) session.intent.status = 'canceled';
}

/** The session as Stripe shows it, without what the adapter does not read. @param isExpanded shows the payment and its charge too */
export function shownSession(session: Session, isExpanded: boolean): object {
  const { intent, product: _product, intentMetadata: _metadata, url, ...shown } = session;
  const isOpen = session.status === 'open';
  return {
    object: 'checkout.session',
    mode: 'payment',
    livemode: false,
    ...shown,
    url: isOpen ? url : null,
    payment_intent: intent && (isExpanded ? shownIntent(intent) : intent.id),
  };
}

function shownIntent({ charge, ...shown }: Intent): object {
  return {
    object: 'payment_intent',
    ...shown,
    latest_charge: charge && { object: 'charge', ...charge },
  };
}
