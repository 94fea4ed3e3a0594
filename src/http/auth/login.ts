/** The operators' login: a name and a password, which a browser asks for by itself. */
import { hash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { firstCharacters } from '../../commands/schemas/text.ts';
import type { Metrics } from '../ops/metrics.ts';
import { Problem, problemAnswer } from '../problems/problems.ts';
import { openRequestContext } from '../request-context.ts';
import { clientAddress } from './client-address.ts';
import { LoginThrottle } from './login-throttle.ts';

export interface AdminLogin {
  username: string;
  password: string;
  /** Proxies in front of this process that add to `X-Forwarded-For`. */
  trustedProxies: number;
}

/** The login of the settings; undefined where there is no password, and so no login. */
export function adminLoginOf(settings: {
  adminUser: string;
  adminPassword: string | undefined;
  trustedProxies: number;
}): AdminLogin | undefined {
  const { adminUser: username, adminPassword: password, trustedProxies } = settings;
  return password === undefined ? undefined : { username, password, trustedProxies };
}

export interface LoginDeps {
  log: Logger;
  metrics: Metrics;
  /** In ms since 1970. */
  now(): number;
}

const REFUSED = { detail: 'Log in with the name and password of operators (HTTP Basic).' };
const ASKS = { 'WWW-Authenticate': 'Basic realm="Seatlane", charset="UTF-8"' };
/** Characters of a wrong user name that the log shows. */
const LOGGED_LENGTH_MAX = 64;

/**
 * Lets through operators who have logged in; all others get a 401 that makes a browser ask. Mount one for all paths: it
 * counts failures by address, and answers 429 where there were too many.
 */
export function demandLogin(login: AdminLogin, deps: LoginDeps): MiddlewareHandler {
  const throttle = new LoginThrottle(deps.now);

  // Without a pause between looking and counting: of many guesses at once none slips through.
  function verify(username: string, password: string, c: Context): boolean {
    const address = clientAddress(c, login.trustedProxies);
    const retryAfterSeconds = throttle.secondsToWait(address);
    if (retryAfterSeconds > 0) {
      deps.metrics.noteFailedLogin('throttled');
      const detail = 'Too many logins from this address have failed. Try again later.';
      throw new Problem('TOO_MANY_LOGINS', { detail, retryAfterSeconds });
    }
    if (isSame(username, login.username) && isSame(password, login.password)) return true;
    throttle.noteFailure(address);
    deps.metrics.noteFailedLogin('wrong');
    const secondsToWait = throttle.secondsToWait(address);
    const about = { address, username: firstCharacters(username, LOGGED_LENGTH_MAX) };
    if (secondsToWait === 0) deps.log.warn(about, 'A login failed.');
    else deps.log.warn({ ...about, secondsToWait }, 'A login failed; the address has to wait.');
    return false;
  }

  const check = basicAuth({ verifyUser: verify });
  return async (c, next) => {
    try {
      return await check(c, next);
    } catch (error) {
      if (!(error instanceof HTTPException && error.status === 401)) throw error;
      openRequestContext(c);
      return problemAnswer('LOGIN_REQUIRED', REFUSED, ASKS);
    }
  };
}

/** Compares in a time that tells nothing of where the two differ. */
function isSame(given: string, right: string): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', right, 'buffer'));
}
