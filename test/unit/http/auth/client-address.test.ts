/** The client address of a request, and which addresses count as one client. */
import type { Context } from 'hono';
import { expect, test } from 'vitest';
import { clientAddress, networkOf } from '../../../../src/http/auth/client-address.ts';

const PROXY = '10.0.0.1';

/** A request over a proxy's connection with this header. */
const request = (forwarded?: string) =>
  ({
    env: { incoming: { socket: { remoteAddress: PROXY } } },
    req: { header: () => forwarded },
  }) as unknown as Context;

test.each([
  ['nothing', undefined, 1, PROXY],
  ['what the client claims, without a proxy', '1.2.3.4', 0, PROXY],
  ['what the proxy says', '1.2.3.4', 1, '1.2.3.4'],
  ['what the proxy says after what the client claims', '6.6.6.6, 1.2.3.4', 1, '1.2.3.4'],
  ['what the first of two proxies says', '6.6.6.6, 1.2.3.4, 10.0.0.2', 2, '1.2.3.4'],
  ['less than two proxies would say', '1.2.3.4', 2, '1.2.3.4'],
  ['an IPv6 address', '2001:db8::1', 1, '2001:db8::1'],
  ['an address with a port', '1.2.3.4:5678', 1, '1.2.3.4'],
  ['an IPv6 address with a port', '[2001:db8::1]:5678', 1, '2001:db8::1'],
  ['no address', 'unknown', 1, PROXY],
  ['an empty entry', '1.2.3.4,', 1, PROXY],
])('X-Forwarded-For has %s', (_what, forwarded, proxies, address) => {
  expect(clientAddress(request(forwarded), proxies)).toBe(address);
});

test.each([
  ['1.2.3.4', '1.2.3.4'],
  ['::ffff:1.2.3.4', '1.2.3.4'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unknown', 'unknown'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
