/** Finds the network address of a request's client. */
import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import type { Context } from 'hono';
import { headerOf } from '../request.ts';

/**
 * The address of the client.
 * @param trustedProxies how many proxies in front of this process append their client's address to `X-Forwarded-For`;
 *   earlier entries come from the client and are not trusted
 */
export function clientAddress(c: Context, trustedProxies: number): string {
  const { socket } = (c.env as { incoming: IncomingMessage }).incoming;
  const direct = socket.remoteAddress ?? 'unknown';
  if (trustedProxies === 0) return direct;
  const entries = (headerOf(c, 'x-forwarded-for') ?? '').split(',').map((entry) => entry.trim());
  const named = entries.at(-trustedProxies) ?? entries[0] ?? '';
  // Some proxies add the port: `1.2.3.4:5678`, `[::1]:5678`.
  const address =
    /^\[(.+)\](?::\d+)?$/.exec(named)?.[1] ?? /^([\d.]+):\d+$/.exec(named)?.[1] ?? named;
  return isIPv4(address) || isIPv6(address) ? address : direct;
}

/**
 * The network that counts as one client: an IPv4 address, or the /64 prefix of an IPv6 address, which providers usually
 * assign to one customer as a whole.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [plain = ''] = address.toLowerCase().split('%');
  const [head = '', tail] = plain.split('::');
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

const groupsOf = (text: string) => (text === '' ? [] : text.split(':'));
