/** Warns where requests come through a proxy that the settings do not know of. */
import type { Context } from 'hono';
import type { Logger } from 'pino';
import { headerOf } from '../request.ts';
import type { AdminLogin } from './login.ts';

const WARNING =
  'A request has X-Forwarded-For, but TRUSTED_PROXIES is 0. If a proxy is in front of this process, all clients share its address, and ten failed logins lock every operator out for a minute: set TRUSTED_PROXIES to the number of proxies.';

/** Looks at requests until one has passed a proxy, where failed logins are counted by the address of the connection. */
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
