/** Requests to Stripe: its library, loaded late, and its errors. */
import type Stripe from 'stripe';
import { CallRefused } from './provider.ts';

export interface StripeSettings {
  secretKey: string;
  /** Another address than Stripe's own, for tests. */
  apiUrl: string | undefined;
}

/** The timeout of one request, in ms; that of a whole call is the signal's. */
const TIMEOUT_MS = 10_000;

export class StripeClients {
  readonly #settings: StripeSettings;
  readonly #library: Promise<typeof import('stripe')>;

  /** Begins to load the library, which takes 37 MB: make one only if Stripe is in use. */
  constructor(settings: StripeSettings) {
    this.#settings = settings;
    this.#library = import('stripe');
    // Whoever opens a client gets the error.
    this.#library.catch(() => undefined);
  }

  /** A client whose requests end with the signal. It costs about 50 µs. */
  async open(signal: AbortSignal): Promise<Stripe> {
    const { default: Client } = await this.#library;
    const { secretKey, apiUrl } = this.#settings;
    const withSignal: typeof fetch = (input, init) => {
      const signals = init?.signal ? [signal, init.signal] : [signal];
      return fetch(input, { ...init, signal: AbortSignal.any(signals) });
    };
    return new Client(secretKey, {
      // The outbox tries again.
      maxNetworkRetries: 0,
      telemetry: false,
      timeout: TIMEOUT_MS,
      httpClient: Client.createFetchHttpClient(withSignal),
      ...(apiUrl === undefined ? {} : addressOf(apiUrl)),
    });
  }
}

function addressOf(apiUrl: string) {
  const { protocol, hostname, port } = new URL(apiUrl);
  const isPlain = protocol === 'http:';
  return {
    protocol: isPlain ? ('http' as const) : ('https' as const),
    host: hostname,
    port: port || (isPlain ? 80 : 443),
  };
}

/** Refusals that time mends. */
const TEMPORARY = ['balance_insufficient', 'idempotency_key_in_use', 'lock_timeout', 'rate_limit'];

/**
 * Whether Stripe will answer the same tomorrow. Not so with a wrong or restricted key, which an operator mends, and not with an
 * idempotency key that was used for another request, which is a mistake of ours and no word about the payment.
 */
export function isRefusal(error: unknown): error is Stripe.errors.StripeError {
  const { type, code = '' } = error as { type?: string; code?: string };
  return (
    (type === 'StripeInvalidRequestError' || type === 'StripeCardError') &&
    !TEMPORARY.includes(code)
  );
}

/** @throws {CallRefused} for a refusal, else the error of the request */
export function answered<T>(request: Promise<T>): Promise<T> {
  return unlessRefused(request, isRefusal);
}

/**
 * What was read of a payment. Any other refusal than that Stripe does not have it is about the request and not about the payment,
 * whose money may be there.
 * @throws {CallRefused} if Stripe does not have it, else the error of the request
 */
export function known<T>(read: Promise<T>): Promise<T> {
  return unlessRefused(
    read,
    (error): error is Stripe.errors.StripeError =>
      isRefusal(error) && error.code === 'resource_missing',
  );
}

async function unlessRefused<T>(
  request: Promise<T>,
  isFinal: (error: unknown) => error is Stripe.errors.StripeError,
): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (!isFinal(error)) throw error;
    const { code, message } = error;
    throw new CallRefused(code ? `${code}: ${message}` : message, { cause: error });
  }
}
