/** The operators' login: a name and a password, which a browser asks for by itself. */
import type { MiddlewareHandler } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { HTTPException } from 'hono/http-exception';
import { problemAnswer } from './problems.ts';
import { openTrail } from './trail.ts';

export interface AdminLogin {
  username: string;
  password: string;
}

const REFUSED = { detail: 'Log in with the name and password of operators (HTTP Basic).' };
const ASKS = { 'WWW-Authenticate': 'Basic realm="Seatlane", charset="UTF-8"' };

/** Lets through who has logged in; all others get a 401 that makes a browser ask. */
export function demandLogin(login: AdminLogin): MiddlewareHandler {
  const check = basicAuth(login);
  return async (c, next) => {
    try {
      return await check(c, next);
    } catch (error) {
      if (!(error instanceof HTTPException && error.status === 401)) throw error;
      openTrail(c);
      return problemAnswer('LOGIN_REQUIRED', REFUSED, ASKS);
    }
  };
}
