/** Makes the calls to payment providers: opens pages, asks what became of payments, and pays refunds. */
import type { Logger } from 'pino';
import {
  type CheckoutOpened,
  checkoutOpened,
} from '../../../src/commands/money/checkout-opened.ts';
import { failureText } from '../../../src/commands/money/failure.ts';
import { refundEnded } from '../../../src/commands/money/refund-ended.ts';
import {
  type SettleCheckout,
  settleCheckout,
} from '../../../src/commands/money/settle-checkout.ts';
import type { ProviderName } from '../../../src/commands/schemas/checkouts.ts';
import type { Database } from '../../../src/db/connection/orm.ts';
import { checkoutKey, refundKey } from '../../../src/lanes/payment-keys.ts';
import type { WorkerMetrics } from '../../ops/metrics.ts';
import { type Answer, answerBy, type CallMakers, type MakeCall } from '../calls.ts';
import { oneQueryAtATime, oneStatementAtATime } from '../one-query-at-a-time.ts';
import { CallPostponed, postponeOnFailure } from '../postponed.ts';
import {
  endCalls,
  findPaymentCalls,
  type PaymentCall,
  type UnansweredCall,
} from './find-payment-calls.ts';
import { CallRefused, type FoundPayment, type Provider } from './provider.ts';
import type { Providers } from './providers.ts';

export interface PaymentCallDeps {
  orm: Database;
  providers: Providers;
  metrics: Pick<WorkerMetrics, 'unknownPayment'>;
  log: Logger;
}

/** Makes one kind of call. @returns the answer, or undefined if nobody waits for one */
type Make = (
  call: PaymentCall,
  provider: () => Provider,
  signal: AbortSignal,
) => Promise<Answer | undefined>;

/**
 * Each maker reads its call anew, together with those of other jobs, because batches use the same connections. It throws `CallPostponed` while
 * PostgreSQL is away, and while the provider is switched off.
 */
export function paymentCallMakers(deps: PaymentCallDeps): Required<CallMakers> {
  const { orm, providers, metrics, log } = deps;
  const find = oneQueryAtATime((ids) => findPaymentCalls(orm, ids));
  const end = oneStatementAtATime(
    (calls: readonly UnansweredCall[]) => endCalls(orm, calls),
    ({ id }) => id,
  );
  const made =
    (make: Make): MakeCall =>
    async ({ id }, { signal }) => {
      const call = await postponeOnFailure(find(id));
      if (!call) return undefined;
      const answer = await make(call, () => providerOf(call, providers), signal);
      if (!answer) await postponeOnFailure(end(call));
      return answer;
    };
  const onUnknown = ({ checkoutId, provider, ref }: PaymentCall, { state }: FoundPayment) => {
    const isMoney = state === 'paid';
    if (isMoney) metrics.unknownPayment();
    log[isMoney ? 'error' : 'warn'](
      { checkoutId, provider, ref, state },
      'The provider has a payment of another key or currency than its checkout; it was not credited.',
    );
  };
  return { open: made(open), look: made(lookWith(onUnknown)), refund: made(refund) };
}

function providerOf({ provider }: PaymentCall, providers: Providers): Provider {
  const found = providers.get(provider as ProviderName);
  if (!found)
    throw new CallPostponed(`The payment provider ${provider} is switched off in this worker.`);
  return found;
}

const keyOf = ({ checkoutId, jobId }: PaymentCall) => checkoutKey({ id: checkoutId, jobId });
const isLive = ({ state }: PaymentCall) => state === 'opening' || state === 'open';
const isPastEnd = ({ expiresAt, now }: PaymentCall) => expiresAt.getTime() <= now;

/** Whether nobody may pay any more: a payment would come too late. */
const isOver = (call: PaymentCall) =>
  !isLive(call) || isPastEnd(call) || (call.orderId !== null && call.orderState !== 'held');

const open: Make = async (call, provider, signal) => {
  const { id: callId, checkoutId, orderId, amount, currency, returnUrl, expiresAt } = call;
  // An event may have settled it before the answer of its page came.
  if (call.state !== 'opening') return undefined;
  const key = keyOf(call);
  const answer = (given: CheckoutOpened['answer']) =>
    answerBy(checkoutOpened, { callId, checkoutId, key, answer: given }, call.subject);
  if (isOver(call)) return answer({ kind: 'over' });
  const what = orderId === null ? 'Points' : `Order ${orderId}`;
  const request = { key, checkoutId, amount, currency, returnUrl, expiresAt, what };
  const page = await unlessRefused(provider().open(request, signal));
  if (page instanceof CallRefused) return answer({ kind: 'refused', failure: failureOf(page) });
  return answer({ kind: 'opened', ref: page.ref, redirectUrl: page.redirectUrl });
};

/**
 * Asks what became of a payment. A page that must take no money any more is closed first: what the provider says afterwards stays
 * true. The page of a checkout that has ended unpaid is closed too, because its answer may have come after an event.
 */
const lookWith =
  (onUnknown: (call: PaymentCall, found: FoundPayment) => void): Make =>
  async (call, provider, signal) => {
    const { ref, state } = call;
    const isUnpaid = isLive(call) || state === 'failed' || state === 'expired';
    if (ref === null || !isUnpaid) return undefined;
    const asked = provider();
    const closed = isOver(call) ? asked.expire(ref, signal) : Promise.resolve();
    const found = await unlessRefused(closed.then(() => asked.find(ref, signal)));
    if (found instanceof CallRefused) return endedUnpaid(call, failureOf(found));
    if (found.key !== keyOf(call) || found.currency !== call.currency) {
      onUnknown(call, found);
      return endedUnpaid(call, 'The provider has another payment under this reference.');
    }
    return answerOf(call, { ...found, ref });
  };

/** A payment that the provider does not have: its checkout fails at its end, and until then an event may still come. */
function endedUnpaid(call: PaymentCall, failure: string): Answer | undefined {
  const hasFailed = isLive(call) && isPastEnd(call);
  return hasFailed ? settledBy(call, { outcome: 'failed', failure }) : undefined;
}

function answerOf(call: PaymentCall, found: FoundPayment & { ref: string }): Answer | undefined {
  const { state, captured: amount, ref } = found;
  if (state === 'paid') return settledBy(call, { outcome: state, amount, ref });
  if (state === 'failed' || state === 'expired') {
    return isLive(call) ? settledBy(call, { outcome: state, ref }) : undefined;
  }
  if (!isOver(call)) return undefined;
  // Tried again at once: while the places are in their grace period, the payment still gets them.
  throw new Error(`The payment of checkout ${call.checkoutId} is ${state} although it is over.`);
}

function settledBy(
  call: PaymentCall,
  { outcome, ...about }: Pick<SettleCheckout, 'outcome' | 'amount' | 'ref' | 'failure'>,
): Answer {
  const { id: callId, checkoutId, orderId, provider, subject } = call;
  const key = keyOf(call);
  const input = { checkoutId, orderId, key, provider, outcome, ...about, callId };
  return answerBy(settleCheckout, input, subject);
}

const refund: Make = async (call, provider, signal) => {
  const { id: callId, checkoutId, ref, currency } = call;
  if (call.refund?.state !== 'pending') return undefined;
  const { id: refundId, jobId, amount, attempt } = call.refund;
  if (ref === null) throw new Error(`Checkout ${checkoutId} has no payment at the provider.`);
  const key = refundKey({ checkoutId, jobId, attempt });
  const request = { key, ref, amount, currency, checkoutId, refundId, attempt };
  const paid = await unlessRefused(provider().refund(request, signal));
  const answer =
    paid instanceof CallRefused
      ? { kind: 'failed' as const, failure: failureOf(paid) }
      : { kind: 'done' as const, ref: paid.ref };
  const input = { checkoutId, refundId, attempt, key, answer, callId };
  return answerBy(refundEnded, input, call.subject);
};

/** What was asked for, or the refusal. @throws any other error */
function unlessRefused<Result>(asked: Promise<Result>): Promise<Result | CallRefused> {
  return asked.catch((error: unknown) => {
    if (error instanceof CallRefused) return error;
    throw error;
  });
}

/** The provider's word, in one line. */
const failureOf = ({ name, message }: CallRefused) => failureText(message, name);
