/**
 * Decides which addresses webhook messages may be sent to. The check uses the address that the connection is opened to,
 * which defeats DNS rebinding.
 */
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { NameResolver } from './name-resolver.ts';

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

/** Messages must not be sent to this address. A retry would not change that. */
export class AddressRefused extends Error {
  constructor(address: string) {
    super(`${address} is a private or special address.`);
    this.name = 'AddressRefused';
  }
}

/** Whether an IP address is public. IPv4-mapped IPv6 addresses are checked as IPv4. */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  return !special.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Resolves names for a connection. Unless private addresses are allowed, it refuses names with a special address. */
export function lookupWith(names: NameResolver, isPrivateAllowed: boolean): LookupFunction {
  const addressesOf = async (hostname: string) => {
    const found = await names.addressesOf(hostname);
    const refused = found.find(({ address }) => !isPrivateAllowed && !isPublic(address));
    if (refused) throw new AddressRefused(refused.address);
    return found;
  };
  return (hostname, { all }, done) => {
    addressesOf(hostname).then(
      (found) => (all ? done(null, found) : done(null, found[0]?.address ?? '', found[0]?.family)),
      (error) => done(error, '', 0),
    );
  };
}

/** Checks a literal address, which Node.js never looks up. @throws {AddressRefused} */
export function refuseLiteral(hostname: string): void {
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0 && !isPublic(bare)) throw new AddressRefused(bare);
}
