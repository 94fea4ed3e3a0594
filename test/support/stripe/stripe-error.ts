/** What Stripe answers if it does not do what it is asked for. */
export class StripeFault extends Error {
  readonly status: number;
  readonly body: { error: { type: string; message: string; code?: string; param?: string } };
  /** Whether Stripe would give the same answer to a later request with this idempotency key. */
  readonly isKept: boolean;

  constructor(
    status: number,
    error: { type?: string; message: string; code?: string; param?: string },
    { isKept = false } = {},
  ) {
    super(error.message);
    this.status = status;
    this.body = { error: { type: 'invalid_request_error', ...error } };
    this.isKept = isKept;
  }
}

/** A request that is not valid: Stripe refuses it before it begins, and keeps no answer. */
export const invalid = (param: string, message: string, code?: string) =>
  new StripeFault(400, { param, message, ...(code !== undefined && { code }) });
