/** Maps thrown errors to responses: problems as they are, a service that is away to 503, anything else to 500. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { AcceptanceUnknown } from '../../lanes/acceptance-unknown.ts';
import { isServiceAway } from '../../runtime/service-errors.ts';
import { RequestAborted, RequestOverdue } from '../deadline.ts';
import { logFieldsOf, type RequestContext } from '../request-context.ts';
import { Problem, type ProblemCode, problemAnswer } from './problems.ts';

/**
 * Answers for an error, and logs what is not the client's doing.
 * @param noteProblem called with the code of the problem that is answered, for metrics
 */
export function answerError(
  log: Logger,
  error: unknown,
  c: Context,
  requestContext: RequestContext,
  noteProblem: (code: ProblemCode) => void = () => undefined,
): Response {
  if (error instanceof HTTPException) return error.getResponse();
  if (error instanceof RequestAborted) return new Response(null, { status: CLIENT_CLOSED_REQUEST });
  const { code, details } = toProblem(log, error, c, requestContext);
  noteProblem(code);
  return problemAnswer(code, details);
}

/** nginx's status for a client that has gone: nobody receives it, but metrics count it as the client's. */
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
  const jobId = jobInQuestion(error, requestContext);
  if (jobId !== undefined) {
    log.warn(about, 'It is not known whether a command was accepted; the client was told so.');
    return acceptanceUnknown(jobId);
  }
  if (error instanceof RequestOverdue || isServiceAway(error)) {
    log.warn(about, 'A service is away; the client was told to retry.');
    // A command is enqueued as the last step: a request that failed before that has changed nothing.
    const detail = 'The system cannot serve requests at the moment. This request changed nothing.';
    return new Problem('SERVICE_UNAVAILABLE', { detail, retryAfterSeconds: 1 });
  }
  log.error(about, 'A request failed unexpectedly; answered 500.');
  return new Problem('INTERNAL_ERROR', { detail: 'The request failed unexpectedly.' });
}

/** The job of a command that may be in its lane although its request failed. */
function jobInQuestion(error: unknown, requestContext: RequestContext): string | undefined {
  if (error instanceof AcceptanceUnknown) return error.jobId;
  return error instanceof RequestOverdue ? requestContext.jobId : undefined;
}

function acceptanceUnknown(jobId: string): Problem {
  return new Problem('ACCEPTANCE_UNKNOWN', {
    detail:
      'The command may have been accepted. Look at the job at Location, or send the request again with the same Idempotency-Key; without a key, sending it again may carry it out twice.',
    retryAfterSeconds: 1,
    location: `/jobs/${jobId}`,
  });
}
