/** Warns if requests arrive through a proxy that is not configured in TRUSTED_PROXIES. */
import type { Context } from 'hono';
import type { Logger } from 'pino';
import { headerOf } from '../request.ts';
import type { AdminLogin } from './login.ts';

const WARNING =
  'A request has X-Forwarded-For, but TRUSTED_PROXIES is 0. Behind a proxy, all clients would share its address, and ten failed logins would lock out every operator for a minute: set TRUSTED_PROXIES to the number of proxies.';

/** Checks requests until the first one that passed a proxy, if failed logins are counted by the connection's address. */
export function unknownProxyWarning(
  login: AdminLogin | undefined,
  log: Logger,
): (c: Context) => void {
  let isDue = login?.trustedProxies === 0;
  return (c) => {
    if (!isDue || headerOf(c, 'x-forwarded-for') === undefined) return;
    isDue = false;
    log.warn(WARNING);
  };
}
