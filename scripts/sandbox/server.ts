/** The routes of the sandbox: `/v1` for the API, with the secret, and `/pay/REF` for buyers. */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { isSame } from '../../src/http/auth/is-same.ts';
import { returnAddress } from '../../workers/outbox/payments/return-address.ts';
import type { Checkout, JournalEntry, KeptAnswer } from './books.ts';
import { isFinal, PAGE_ACTIONS } from './checkouts.ts';
import { type ActiveFaults, faultsSchema } from './faults.ts';
import { messagePage, paymentPage } from './page.ts';
import type { SandboxProvider } from './provider.ts';

export interface SandboxAppDeps {
  provider: SandboxProvider;
  faults: ActiveFaults;
  secret: string;
  entries: readonly JournalEntry[];
  /** Resolves when the journal is on disk. */
  flushed(): Promise<void>;
  /** The address of the sandbox for browsers, without a trailing slash. */
  publicUrl(): string;
  report(sentence: string, error: unknown): void;
}

const BODY_BYTES_MAX = 65_536;
const id = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const checkoutBody = z.strictObject({
  key: z.string().min(1).max(255),
  checkoutId: id,
  amount: id,
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be three capital letters (ISO 4217)'),
  returnUrl: z.url({ protocol: /^https?$/ }).max(2000),
  expiresAt: z.iso.datetime({ offset: true }),
  what: z.string().min(1).max(200),
});
const refundBody = z.strictObject({ ref: z.string().min(1), amount: id, refundId: id });
const idempotencyKey = z.string().min(1).max(255);
const pageAction = z.object({ action: z.enum(PAGE_ACTIONS) });

const PAGE_HEADERS = {
  // No `form-action`: browsers would apply it to the redirect to the shop, too.
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** An error response of `/v1`: `{code, message}`. */
class Refused extends Error {
  readonly status: 400 | 401 | 404 | 409 | 413 | 422 | 503;
  readonly code: string;
  constructor(status: Refused['status'], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function createSandboxApp(deps: SandboxAppDeps): Hono {
  const { provider, faults } = deps;
  const app = new Hono();

  app.onError((error, c) => {
    if (error instanceof Refused) {
      return c.json({ code: error.code, message: error.message }, error.status);
    }
    deps.report(`${c.req.method} ${c.req.path} failed`, error);
    return c.json({ code: 'INTERNAL_ERROR', message: 'The sandbox failed.' }, 500);
  });
  app.notFound((c) => c.json({ code: 'NOT_FOUND', message: 'There is no such address.' }, 404));

  app.use(async (c, next) => {
    if (faults.downMs > 0 && c.req.path !== '/v1/faults') {
      throw new Refused(503, 'DOWN', 'The sandbox is down on purpose.');
    }
    await next();
    // No response tells what a killed sandbox could forget.
    await deps.flushed();
  });
  app.use(
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError() {
        throw new Refused(413, 'BODY_TOO_LARGE', `A body has at most ${BODY_BYTES_MAX} bytes.`);
      },
    }),
  );

  app.use('/v1/*', async (c, next) => {
    if (!isSame(c.req.header('Authorization') ?? '', `Bearer ${deps.secret}`)) {
      throw new Refused(401, 'UNAUTHORIZED', 'Send `Authorization: Bearer` with SANDBOX_SECRET.');
    }
    await next();
  });

  app.post('/v1/checkouts', async (c) => {
    const key = keyOf(c);
    const { ref } = accepted(provider.open(await bodyOf(c, checkoutBody), key));
    return c.json({ ref, redirectUrl: `${deps.publicUrl()}/pay/${ref}` });
  });
  app.get('/v1/checkouts/:ref', (c) => c.json(shown(provider.find(c.req.param('ref')))));
  app.post('/v1/checkouts/:ref/expire', (c) => c.json(shown(provider.expire(c.req.param('ref')))));
  app.post('/v1/refunds', async (c) => {
    const key = keyOf(c);
    return c.json(accepted(provider.refund(await bodyOf(c, refundBody), key)));
  });
  app.get('/v1/journal', (c) => {
    const lines = deps.entries.map((entry) => `${JSON.stringify(entry)}\n`);
    return c.body(lines.join(''), 200, { 'Content-Type': 'application/x-ndjson' });
  });
  app.post('/v1/faults', async (c) => {
    faults.replace(await bodyOf(c, faultsSchema));
    return c.json(faults.current);
  });

  app.get('/pay/:ref', (c) => pageOf(c, provider.find(c.req.param('ref')), 200));
  app.post('/pay/:ref', async (c) => {
    const form = pageAction.safeParse(await c.req.parseBody().catch(() => ({})));
    const checkout = provider.find(c.req.param('ref'));
    if (!checkout || isFinal(checkout.state)) return pageOf(c, checkout, 200);
    if (!form.success) return pageOf(c, checkout, 400);
    return pageOf(c, checkout, provider.act(checkout, form.data.action) ? 200 : 409);
  });

  return app;
}

/** The page of the checkout; the way back to the shop if the checkout is over. */
function pageOf(c: Context, checkout: Checkout | undefined, status: 200 | 400 | 409) {
  for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value);
  if (!checkout) return c.html(messagePage('Not found', 'There is no such payment.'), 404);
  if (isFinal(checkout.state)) return c.redirect(returnAddress(checkout), 303);
  return c.html(paymentPage(checkout), status);
}

/** A checkout whose 3-D Secure step is not finished is open, as a session of Stripe is. */
function shown(checkout: Checkout | undefined) {
  if (!checkout) throw new Refused(404, 'CHECKOUT_NOT_FOUND', 'There is no such checkout.');
  const { ref, key, checkoutId, state, amount, captured, refunded, currency } = checkout;
  const isOpen = !isFinal(state);
  return {
    ref,
    key,
    checkoutId,
    state: isOpen ? 'open' : state,
    amount,
    captured,
    refunded,
    currency,
  };
}

function accepted(answer: KeptAnswer | 'reused'): { ref: string } {
  if (answer === 'reused') {
    const message = 'This idempotency key was used for another request.';
    throw new Refused(409, 'IDEMPOTENCY_KEY_REUSED', message);
  }
  if ('code' in answer) throw new Refused(422, answer.code, 'The refund is refused for good.');
  return answer;
}

function keyOf(c: Context): string {
  const parsed = idempotencyKey.safeParse(c.req.header('Idempotency-Key'));
  if (parsed.success) return parsed.data;
  const message = 'Send an `Idempotency-Key` of 1 to 255 characters.';
  throw new Refused(400, 'IDEMPOTENCY_KEY_MISSING', message);
}

async function bodyOf<Body>(c: Context, schema: z.ZodType<Body>): Promise<Body> {
  const given: unknown = await c.req.json().catch(() => {
    throw new Refused(400, 'INVALID_REQUEST', 'The body is not JSON.');
  });
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new Refused(400, 'INVALID_REQUEST', sentences.join('; '));
}
