/** The sandbox as a payment provider, by the wire format of `docs/payments.md`. */
import { z } from 'zod';
import { CallRefused, type Provider } from './provider.ts';

export interface SandboxSettings {
  /** Its address, such as `http://localhost:3100`. */
  url: string;
  secret: string;
}

const page = z.object({ ref: z.string().min(1), redirectUrl: z.url() });
const payment = z.object({
  key: z.string().min(1),
  state: z.enum(['open', 'paid', 'failed', 'expired']),
  captured: z.int().min(0),
  refunded: z.int().min(0),
  currency: z.string(),
});
const refunded = z.object({ ref: z.string().min(1) });
const problem = z.object({ code: z.string(), message: z.string() });

/**
 * What will be refused again however often it is sent. Other errors may end: an outage, a wrong secret, or a key that was used for
 * another request, which would be a fault of ours and must not look like a refusal.
 */
function isRefusal(status: number, code: string): boolean {
  if (status === 404) return code === 'CHECKOUT_NOT_FOUND';
  return status === 422 || (status === 400 && code === 'INVALID_REQUEST');
}

/** The sandbox keeps idempotency keys for ever, so a refund needs no look at the earlier ones. */
export function sandboxProvider({ url, secret }: SandboxSettings): Provider {
  const ask = async <Answer>(
    path: string,
    answer: z.ZodType<Answer>,
    { signal, key, body }: { signal: AbortSignal; key?: string; body?: object },
  ): Promise<Answer> => {
    const response = await fetch(new URL(path, url), {
      method: body ? 'POST' : 'GET',
      headers: {
        Authorization: `Bearer ${secret}`,
        ...(body && { 'Content-Type': 'application/json' }),
        ...(key !== undefined && { 'Idempotency-Key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal,
    });
    const text = await response.text();
    if (!response.ok) throw errorOf(response.status, text);
    return answer.parse(JSON.parse(text));
  };
  const pathOf = (ref: string) => `/v1/checkouts/${encodeURIComponent(ref)}`;
  return {
    open: ({ key, expiresAt, ...others }, signal) => {
      const body = { key, ...others, expiresAt: expiresAt.toISOString() };
      return ask('/v1/checkouts', page, { signal, key, body });
    },
    async expire(ref, signal) {
      await ask(`${pathOf(ref)}/expire`, payment, { signal, body: {} });
    },
    find: (ref, signal) => ask(pathOf(ref), payment, { signal }),
    refund: ({ key, ref, amount, refundId }, signal) =>
      ask('/v1/refunds', refunded, { signal, key, body: { ref, amount, refundId } }),
  };
}

function errorOf(status: number, text: string): Error {
  const { data } = problem.safeParse(jsonOf(text));
  if (!data) return new Error(`The sandbox answered ${status}.`);
  const { code, message } = data;
  if (isRefusal(status, code)) return new CallRefused(status === 400 ? message : code);
  return new Error(`The sandbox answered ${status} ${code}: ${message}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
