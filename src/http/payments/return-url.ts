/** Checks the address to which a payment page sends the buyer back, so that our pages lead nobody to a stranger's site. */
import { RETURN_URL_MAX } from '../../commands/money/start-checkout.ts';
import { invalid } from '../validation.ts';

/** In a list of origins: any port of this machine. */
const ANY_LOCAL_PORT = 'http://localhost:*';
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The address in its normal form, so that no other parser can read another host in it.
 * @param origins the allowed ones, such as `https://shop.example`
 * @returns undefined if its origin is not allowed, it has a name or password, or it is too long
 */
export function normalReturnUrl(given: string, origins: readonly string[]): string | undefined {
  if (!URL.canParse(given)) return undefined;
  const { href, origin, protocol, hostname, username, password } = new URL(given);
  const isLocal = protocol === 'http:' && LOOPBACK.has(hostname);
  const isAllowed = origins.includes(origin) || (isLocal && origins.includes(ANY_LOCAL_PORT));
  const hasLogin = username !== '' || password !== '';
  return isAllowed && !hasLogin && href.length <= RETURN_URL_MAX ? href : undefined;
}

/** The same. @throws Problem VALIDATION_FAILED */
export function demandReturnUrl(given: string, origins: readonly string[]): string {
  const normal = normalReturnUrl(given, origins);
  if (normal !== undefined) return normal;
  const message =
    'must have an origin to which this API lets buyers return (RETURN_ORIGINS), without a login';
  throw invalid('body', [{ path: 'returnUrl', message }]);
}
