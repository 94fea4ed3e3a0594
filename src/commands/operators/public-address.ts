/**
 * Which IP addresses are public. Webhook messages go to no others: the API refuses them in a URL, workers when they open a connection.
 */
import { BlockList, isIP } from 'node:net';

/** Loopback, private, link-local, shared, reserved, multicast, unspecified (IANA's special registries). */
const IPV4: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
const IPV6: [string, number][] = [
  // Contains ::1 and the deprecated IPv4-compatible addresses. IPv4-mapped addresses are checked as IPv4.
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const special = new BlockList();
for (const [network, bits] of IPV4) special.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of IPV6) special.addSubnet(network, bits, 'ipv6');

/** Whether an IP address is public. IPv4-mapped IPv6 addresses are checked as IPv4. */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  return !special.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** @param hostname of a `URL` @returns the address that it is, if it is one that is not public */
export function privateLiteralIn(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) !== 0 && !isPublic(bare) ? bare : undefined;
}
