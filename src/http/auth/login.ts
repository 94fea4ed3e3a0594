/** The operators' login with HTTP Basic, for which browsers show their own dialog. */
import type { Context, MiddlewareHandler } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { firstCharacters } from '../../commands/schemas/text.ts';
import type { Metrics } from '../ops/metrics.ts';
import { Problem, problemResponse } from '../problems/problems.ts';
import { openRequestContext } from '../request-context.ts';
import { clientAddress } from './client-address.ts';
import { isSame } from './is-same.ts';
import { LoginThrottle } from './login-throttle.ts';

export interface AdminLogin {
  username: string;
  password: string;
  /** How many proxies in front of this process append to `X-Forwarded-For`. */
  trustedProxies: number;
}

/** The login from the settings; undefined if no password is set, which disables the login. */
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
  now(): EpochMs;
}

const REFUSED = { detail: 'Log in with an operator’s user name and password (HTTP Basic).' };
const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="Seatlane", charset="UTF-8"' };
/** Characters of a wrong user name that are logged. */
const LOGGED_LENGTH_MAX = 64;

/**
 * Middleware that admits operators with a valid login and returns 401 otherwise. It counts failed logins per address and
 * returns 429 after too many, so use one instance for all paths.
 */
export function demandLogin(login: AdminLogin, deps: LoginDeps): MiddlewareHandler {
  const throttle = new LoginThrottle(deps.now);

  // Synchronous from check to count, so that concurrent guesses cannot bypass the throttle.
  function verify(username: string, password: string, c: Context): boolean {
    const address = clientAddress(c, login.trustedProxies);
    const retryAfterSeconds = throttle.secondsToWait(address);
    if (retryAfterSeconds > 0) {
      deps.metrics.countFailedLogin('throttled');
      const detail = 'Too many failed logins from this address. Try again later.';
      throw new Problem('TOO_MANY_LOGINS', { detail, retryAfterSeconds });
    }
    if (isSame(username, login.username) && isSame(password, login.password)) return true;
    throttle.countFailure(address);
    deps.metrics.countFailedLogin('wrong');
    const secondsToWait = throttle.secondsToWait(address);
    const about = { address, username: firstCharacters(username, LOGGED_LENGTH_MAX) };
    if (secondsToWait === 0) deps.log.warn(about, 'Operator login failed.');
    else deps.log.warn({ ...about, secondsToWait }, 'Operator login failed; address throttled.');
    return false;
  }

  const check = basicAuth({ verifyUser: verify });
  return async (c, next) => {
    try {
      return await check(c, next);
    } catch (error) {
      if (!(error instanceof HTTPException && error.status === 401)) throw error;
      openRequestContext(c);
      return problemResponse('LOGIN_REQUIRED', REFUSED, CHALLENGE);
    }
  };
}
