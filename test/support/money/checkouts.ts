/** Commands about card payments, for tests that apply them in batches, and what became of these payments. */
import type { StartTopUp } from '../../../src/commands/money/start-top-up.ts';
import type { CheckoutResource } from '../../../src/commands/schemas/checkouts.ts';
import { checkoutKey } from '../../../src/lanes/payment-keys.ts';
import type { TakenCommand } from '../../../workers/batch/batch.ts';
import type { Buyer, TestLane } from '../services/test-lane.ts';

const RETURN = { returnUrl: 'http://localhost:3000/', provider: 'sandbox' as const };

/** A checkout with what its provider knows of it. */
export interface KnownCheckout extends CheckoutResource {
  subject: string;
  key: string;
  /** The call that opens its page; null once that was answered. */
  callId: number | null;
}

export interface Checkouts {
  start(buyer: Buyer, orderId: number, more?: object): TakenCommand;
  topUp(subject: string, amount: number, input?: Partial<StartTopUp>): TakenCommand;
  /** A checkout that has begun. */
  begun(buyer: Buyer, orderId: number): Promise<KnownCheckout>;
  /** The result of a command that has begun one. */
  known(result: object): Promise<KnownCheckout>;
  /** The answer to the call that opens the page, by default that it is open. */
  opened(checkout: KnownCheckout, answer?: object, callId?: number | null): TakenCommand;
  /** What the provider tells, by default that the whole amount was captured. */
  settle(checkout: KnownCheckout, told?: object): TakenCommand;
}

export function checkoutsOf(lane: TestLane): Checkouts {
  const start: Checkouts['start'] = (buyer, orderId, more = {}) =>
    lane.command('start-checkout', { ...buyer, input: { orderId, ...RETURN }, ...more });
  const known: Checkouts['known'] = async (result) => {
    const checkout = result as CheckoutResource;
    const [row] = await lane.rows<{ jobId: string; subject: string; callId: number | null }>(
      `select checkout.job_id as "jobId", subject, call.id::int as "callId"
       from checkout join app_user on app_user.id = user_id
       left join outbox_call call on checkout_id = checkout.id and call.kind = 'open'
       where checkout.id = ${checkout.id}`,
    );
    if (!row) throw new Error(`There is no checkout ${checkout.id}.`);
    const { jobId, subject, callId } = row;
    return { ...checkout, subject, callId, key: checkoutKey({ id: checkout.id, jobId }) };
  };
  return {
    start,
    known,
    topUp: (subject, amount, input = {}) =>
      lane.command('start-top-up', { subject, input: { amount, ...RETURN, ...input } }),
    begun: async (buyer, orderId) => known(await lane.result(start(buyer, orderId))),
    opened(
      { id: checkoutId, key, subject, callId: open },
      answer = pageOf(checkoutId),
      callId = open,
    ) {
      const input = { callId, checkoutId, key, answer };
      return lane.command('checkout-opened', { subject, input });
    },
    settle({ id: checkoutId, orderId, key, subject, amount, provider }, told = {}) {
      const ref = refOf(checkoutId);
      const about = { checkoutId, orderId, key, provider, ref };
      const input = { ...about, outcome: 'paid', amount, ...told };
      return lane.command('settle-checkout', { subject, input });
    },
  };
}

const refOf = (checkoutId: number) => `chk_${checkoutId}`;

/** The answer of a provider that has opened the page. */
export function pageOf(checkoutId: number) {
  const ref = refOf(checkoutId);
  return { kind: 'opened', ref, redirectUrl: `http://localhost:3100/pay/${ref}` };
}

/** A checkout in words, such as `refunding: 100 captured, 100 on its way, 0 refunded`. */
export async function checkoutState(lane: TestLane, { id }: { id: number }): Promise<string> {
  const [row] = await lane.rows<{ line: string }>(
    `select state || ': ' || captured || ' captured, ' || refunding || ' on its way, ' || refunded
       || ' refunded' as line from checkout where id = ${id}`,
  );
  return row?.line ?? 'none';
}

/** The calls that are owed for a checkout, such as `open` or `refund`, in the order in which they are made. */
export async function callsFor(lane: TestLane, { id }: { id: number }): Promise<string[]> {
  const rows = await lane.rows<{ kind: string }>(
    `select kind from outbox_call where checkout_id = ${id} order by id`,
  );
  return rows.map(({ kind }) => kind);
}

/** The history of a user's points, such as `charge 100 = 100`. */
export async function historyOf(lane: TestLane, subject: string): Promise<string[]> {
  const rows = await lane.rows<{ line: string }>(
    `select kind || ' ' || amount || ' = ' || balance as line from point_history
     join app_user on app_user.id = user_id where subject = '${subject}' order by point_history.id`,
  );
  return rows.map(({ line }) => line);
}
