/** Checkouts in the database, for tests of what reads them, and events as the sandbox signs them. */
import {
  SANDBOX_SIGNATURE,
  signSandboxEvent,
} from '../../../src/http/payments/sandbox-signature.ts';
import { checkoutKey } from '../../../src/lanes/payment-keys.ts';
import type { RequestOptions } from '../http/client.ts';
import type { TestSeatlane } from '../services/seatlane.ts';
import { SANDBOX_SECRET } from './sandbox.ts';

/** Settings that turn the sandbox on, without one that runs. */
export const WITH_SANDBOX = {
  SANDBOX_URL: 'http://localhost:9',
  SANDBOX_SECRET,
  RETURN_ORIGINS: 'http://localhost:*,https://shop.example',
};
/** Some command's job. */
export const JOB_ID = `user-0_${'A'.repeat(22)}`;

export interface WrittenCheckout {
  id: number;
  /** Its key at the provider. */
  key: string;
}

type Rows = TestSeatlane['rows'];

/** Writes a checkout of a user who exists. @param columns override those of an open top-up, as SQL */
export async function writeCheckout(
  rows: Rows,
  subject: string,
  columns: Record<string, string> = {},
): Promise<WrittenCheckout> {
  const all = {
    user_id: `(select id from app_user where subject = '${subject}')`,
    order_id: 'null',
    provider: `'sandbox'`,
    amount: '12000',
    currency: `'KRW'`,
    state: `'open'`,
    return_url: `'https://shop.example/thanks'`,
    redirect_url: `'http://localhost:9/pay/chk_1'`,
    expires_at: `now() + interval '10 minutes'`,
    look_at: `now() + interval '1 minute'`,
    created_at: 'now()',
    job_id: `'${JOB_ID}'`,
    ...columns,
  };
  const [row] = await rows<{ id: string }>(
    `insert into checkout (${Object.keys(all).join()}) values (${Object.values(all).join()}) returning id`,
  );
  const id = Number(row?.id);
  return { id, key: checkoutKey({ id, jobId: JOB_ID }) };
}

/** An event about a checkout. @param fields override those of a payment */
export function eventOf({ id, key }: WrittenCheckout, fields: object = {}) {
  return {
    id: `evt_${id}`,
    type: 'checkout.paid',
    key,
    checkoutId: id,
    ref: `chk_${id}`,
    amount: 12_000,
    currency: 'KRW',
    at: new Date().toISOString(),
    ...fields,
  };
}

/** The request with which the sandbox sends an event. @param now of the signature, in ms since 1970 */
export function signedRequest(
  event: object,
  { now = Date.now(), secret = SANDBOX_SECRET } = {},
): RequestOptions {
  const text = JSON.stringify(event);
  return { text, headers: { [SANDBOX_SIGNATURE]: signSandboxEvent(text, secret, now) } };
}
