/** What a request is answered that somebody threw an error in: problems as they are, all else as ours. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { Problem, problemAnswer } from './problems.ts';
import { ofTrail, type Trail } from './trail.ts';

/** Answers for an error, and writes to the log what nobody has foreseen. */
export function answerError(log: Logger, error: unknown, c: Context, trail: Trail): Response {
  if (error instanceof Problem) return problemAnswer(error.code, error.details);
  if (error instanceof HTTPException) return error.getResponse();
  const about = { err: error, ...ofTrail(trail), method: c.req.method, path: c.req.path };
  if (isUnreachable(error)) {
    log.warn(about, 'A service is away; the client was told to retry.');
    const detail = 'The system cannot take requests at the moment. Nothing was changed.';
    return problemAnswer('SERVICE_UNAVAILABLE', { detail, retryAfterSeconds: 1 });
  }
  log.error(about, 'A request failed unexpectedly; answered 500.');
  return problemAnswer('INTERNAL_ERROR', { detail: 'The request failed unexpectedly.' });
}

const AWAY =
  /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|connection (is closed|terminated|ended)|not queryable|stream isn't writeable|max retries per request|timeout exceeded|timeout expired|^(LOADING|CLUSTERDOWN|MOVED|ASK|TRYAGAIN)\b|cannot_connect|cluster redirections|cluster isn't ready|startup nodes/i;

/** Redis or PostgreSQL is away: not our fault, and worth another try. */
function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = String((error as { code?: unknown }).code ?? '');
  return AWAY.test(code) || /^(57P0[1-5]|53300|08)/.test(code) || AWAY.test(error.message);
}
