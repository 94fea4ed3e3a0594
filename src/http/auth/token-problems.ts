/** The problems of access tokens that are refused. */
import { errors } from 'jose';
import { Problem } from '../problems/problems.ts';

/** The key set timed out, had a status other than 200, or was not a JSON key set: not the token's fault. */
const KEY_SET_ERRORS = new Set([
  errors.JWKSTimeout.code,
  errors.JOSEError.code,
  errors.JWKSInvalid.code,
]);

/** Tells the client whether a new token will help, but not which check failed. */
export function toProblem(error: unknown): Error {
  if (error instanceof errors.JWTExpired) return expired();
  const isTokenError = error instanceof errors.JOSEError && !KEY_SET_ERRORS.has(error.code);
  if (isTokenError || error instanceof SyntaxError) {
    return new Problem('INVALID_TOKEN', { detail: 'The access token is not valid.' });
  }
  const detail = 'The key set of the identity provider cannot be fetched at the moment.';
  return new Problem('SERVICE_UNAVAILABLE', { detail, retryAfterSeconds: 5 });
}

export function expired(): Problem {
  return new Problem('TOKEN_EXPIRED', { detail: 'The access token has expired.' });
}
