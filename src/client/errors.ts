/** Everything that the client throws by itself. What a signal was aborted with comes as it is. */
import type { ProblemCode, RefusalCode } from './codes.ts';

/** RFC 9457 problem details with a code. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  /** What is wrong with a request that is not valid. */
  errors?: { path: string; message: string }[];
  jobId?: string;
  /** The seat that it is about, where a command had several. */
  seatId?: number;
}

export abstract class SeatlaneError extends Error {}

/** The API said no, and why. */
export abstract class ProblemError<Code extends ProblemCode = ProblemCode> extends SeatlaneError {
  /** One of `ProblemCode`; a newer API may have others. */
  readonly code: string;
  readonly status: number;
  /** A sentence for people. */
  readonly detail: string;
  readonly problem: ProblemDocument;
  /** When it is worth asking again, in ms; 0 where the API did not say. */
  readonly retryAfterMs: number;

  constructor(problem: ProblemDocument, retryAfterMs = 0) {
    super(`${problem.code}: ${problem.detail}`);
    this.code = problem.code;
    this.status = problem.status;
    this.detail = problem.detail;
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether it is this one; a mistyped code does not compile. */
  is(code: Code): boolean {
    return this.code === code;
  }
}

/** A rule said no to a command: its outcome, the same for every retry with its key. Nothing took effect. */
export class Refusal extends ProblemError<RefusalCode> {
  override readonly name = 'Refusal';
  readonly jobId: string;

  constructor(problem: ProblemDocument, jobId: string, retryAfterMs?: number) {
    super(problem, retryAfterMs);
    this.jobId = jobId;
  }
}

/** The system could not carry a command out and gave it up. Nothing took effect; a new key tries anew. */
export class CommandFailed extends ProblemError {
  override readonly name = 'CommandFailed';
  readonly jobId: string;

  constructor(problem: ProblemDocument, jobId: string) {
    super(problem);
    this.jobId = jobId;
  }
}

/** The request was refused before it became a command: not valid, no token, nothing there. */
export class ApiProblem extends ProblemError {
  override readonly name = 'ApiProblem';
}

/** One try went wrong on the way: no connection, an answer that broke off or never came. */
export class Interrupted extends SeatlaneError {
  override readonly name = 'Interrupted';

  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

/** All retries are used up. A command may have been accepted: its key finds out, or sends it again safely. */
export class Unreachable extends SeatlaneError {
  override readonly name = 'Unreachable';
  /** How often the last request was sent. */
  readonly tries: number;
  /** The key to retry the command with; undefined for reads. */
  readonly idempotencyKey: string | undefined;

  constructor(what: string, tries: number, idempotencyKey: string | undefined, cause: Error) {
    const advice =
      idempotencyKey === undefined
        ? ''
        : ` It may have been accepted: retry with the idempotency key ${idempotencyKey}.`;
    super(
      `${what} was tried ${tries === 1 ? 'once' : `${tries} times`} in vain (${cause.message}).${advice}`,
      { cause },
    );
    this.tries = tries;
    this.idempotencyKey = idempotencyKey;
  }
}

/** `fetch failed` alone helps nobody: Node has the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? cause.message || String(Object(cause).code) : error.message;
}
