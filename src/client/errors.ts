/** The errors that the client throws. After an abort it throws the reason of the caller's signal instead. */
import type { ProblemCode, RefusalCode } from './codes.ts';

/** Problem details (RFC 9457) with a code. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  /** The validation errors of an invalid request. */
  errors?: { path: string; message: string }[];
  jobId?: string;
  /** The concert that the problem concerns, if the command had several. */
  concertId?: number;
  /** The waiting queue that the problem concerns; with QUEUE_TOKEN_WRONG_QUEUE and QUEUE_TOKEN_REQUIRED, the one to enter. */
  queueId?: number;
  /** The seat that the problem concerns, if the command had several. */
  seatId?: number;
  /** The newest version of the hall, with HALL_CHANGED. */
  version?: number;
  /** The area that the problem concerns. */
  areaId?: number;
  /** The free places of the area. */
  available?: number;
  /** The order that has other bookings too. */
  orderId?: number;
  /** The ticket that the problem concerns, and with TICKET_ALREADY_USED when and at which gate it was used. */
  ticketId?: number;
  at?: string;
  gate?: string;
  /** With TICKET_WRONG_SCHEDULE, the schedule of the ticket. */
  scheduleId?: number;
  /** With CHECKOUT_OPEN, the checkout whose payment page is still open. */
  checkoutId?: number;
  /** The points that are missing to pay. */
  missing?: number;
  /** Why and when the system last ended the waiting of the user in the queue; kept for seven days. */
  endReason?: 'away' | 'sold-out' | 'closed';
  endedAt?: string;
}

export abstract class SeatlaneError extends Error {}

/** An error response of the API. */
export abstract class ProblemError<Code extends ProblemCode = ProblemCode> extends SeatlaneError {
  /** One of `ProblemCode`; a newer API may have others. */
  readonly code: string;
  readonly status: number;
  /** A sentence for people. */
  readonly detail: string;
  readonly problem: ProblemDocument;
  /** When to retry, in ms from the response; 0 if the API did not say. */
  readonly retryAfterMs: number;

  constructor(problem: ProblemDocument, retryAfterMs = 0) {
    super(`${problem.code}: ${problem.detail}`);
    this.code = problem.code;
    this.status = problem.status;
    this.detail = problem.detail;
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }

  /** Compares the code. A misspelt code does not compile. */
  is(code: Code): boolean {
    return this.code === code;
  }
}

/** A rule refused the command, which had no effect. Every retry with the same idempotency key has this outcome. */
export class Refusal extends ProblemError<RefusalCode> {
  override readonly name = 'Refusal';
  readonly jobId: string;

  constructor(problem: ProblemDocument, jobId: string, retryAfterMs?: number) {
    super(problem, retryAfterMs);
    this.jobId = jobId;
  }
}

/** The command failed in every attempt and had no effect. A retry needs a new idempotency key. */
export class CommandFailed extends ProblemError {
  override readonly name = 'CommandFailed';
  readonly jobId: string;

  constructor(problem: ProblemDocument, jobId: string) {
    super(problem);
    this.jobId = jobId;
  }
}

/** The request was refused before it became a command, for example because it was invalid or had no token. */
export class ApiProblem extends ProblemError {
  override readonly name = 'ApiProblem';
}

/** One try failed in the network: no connection, or no complete response in time. */
export class Interrupted extends SeatlaneError {
  override readonly name = 'Interrupted';

  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

/** All retries failed. The command may have been accepted: a retry with the same idempotency key is safe. */
export class Unreachable extends SeatlaneError {
  override readonly name = 'Unreachable';
  /** How often the request was sent. */
  readonly tries: number;
  /** The idempotency key with which to retry the command; undefined for reads. */
  readonly idempotencyKey: string | undefined;

  constructor(request: string, tries: number, idempotencyKey: string | undefined, cause: Error) {
    const advice =
      idempotencyKey === undefined
        ? ''
        : ` The command may have been accepted: retry it with the idempotency key ${idempotencyKey}.`;
    const attempts = tries === 1 ? '1 try' : `${tries} tries`;
    super(`${request} failed after ${attempts} (${cause.message}).${advice}`, { cause });
    this.tries = tries;
    this.idempotencyKey = idempotencyKey;
  }
}

/** Node's message is only "fetch failed"; the reason is in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? cause.message || String(Object(cause).code) : error.message;
}
