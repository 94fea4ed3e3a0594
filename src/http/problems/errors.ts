/** Maps thrown errors to HTTP responses: a problem as it is, an unavailable service to 503, anything else to 500. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { AcceptanceUnknown } from '../../lanes/acceptance-unknown.ts';
import { isServiceUnavailable } from '../../runtime/service-errors.ts';
import { RequestAborted, RequestOverdue } from '../deadline.ts';
import { logFieldsOf, type RequestContext } from '../request-context.ts';
import { Problem, type ProblemCode, problemResponse } from './problems.ts';

/**
 * Returns the response to an error, and logs errors that the client did not cause.
 * @param countProblem receives the code of the problem returned, for metrics
 */
export function errorResponse(
  log: Logger,
  error: unknown,
  c: Context,
  requestContext: RequestContext,
  countProblem: (code: ProblemCode) => void = () => undefined,
): Response {
  if (error instanceof HTTPException) return error.getResponse();
  if (error instanceof RequestAborted) return new Response(null, { status: CLIENT_CLOSED_REQUEST });
  const { code, details } = toProblem(log, error, c, requestContext);
  countProblem(code);
  return problemResponse(code, details);
}

/** nginx's status for a closed connection. No client receives it, but metrics count it as a client error. */
const CLIENT_CLOSED_REQUEST = 499;

function toProblem(
  log: Logger,
  error: unknown,
  c: Context,
  requestContext: RequestContext,
): Problem {
  if (error instanceof Problem) return error;
  const about = {
    err: error,
    ...logFieldsOf(requestContext),
    method: c.req.method,
    path: c.req.path,
  };
  const jobId = jobOfUnknownFate(error, requestContext);
  if (jobId !== undefined) {
    log.warn(about, 'A command may or may not have been accepted; returned ACCEPTANCE_UNKNOWN.');
    return acceptanceUnknown(jobId);
  }
  if (error instanceof RequestOverdue || isServiceUnavailable(error)) {
    log.warn(about, 'PostgreSQL or Redis is unavailable; returned SERVICE_UNAVAILABLE.');
    // Enqueuing a command is the last step, so a request that fails earlier has changed nothing.
    const detail =
      'The service is temporarily unavailable. This request changed nothing; retry it.';
    return new Problem('SERVICE_UNAVAILABLE', { detail, retryAfterSeconds: 1 });
  }
  log.error(about, 'A request failed unexpectedly; returned INTERNAL_ERROR.');
  return new Problem('INTERNAL_ERROR', { detail: 'The request failed unexpectedly.' });
}

/** The job of a command that may have been enqueued although its request failed. */
function jobOfUnknownFate(error: unknown, requestContext: RequestContext): string | undefined {
  if (error instanceof AcceptanceUnknown) return error.jobId;
  return error instanceof RequestOverdue ? requestContext.jobId : undefined;
}

function acceptanceUnknown(jobId: string): Problem {
  return new Problem('ACCEPTANCE_UNKNOWN', {
    detail:
      'The command may have been accepted. Read the job at Location, or retry the request with the same Idempotency-Key; without a key, a retry may execute the command twice.',
    retryAfterSeconds: 1,
    location: `/jobs/${jobId}`,
  });
}
