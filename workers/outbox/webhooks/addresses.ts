/**
 * Decides which addresses webhook messages may be sent to. The check uses the address that the connection is opened to,
 * which defeats DNS rebinding.
 */
import type { LookupFunction } from 'node:net';
import { UnrecoverableError } from 'bullmq';
import { isPublic, privateLiteralIn } from '../../../src/commands/operators/public-address.ts';
import type { NameResolver } from './name-resolver.ts';

/** Messages must not be sent to this address. A retry would not change that. */
export class AddressRefused extends UnrecoverableError {
  constructor(address: string) {
    super(`${address} is a private or special address.`);
    this.name = 'AddressRefused';
  }
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
  const address = privateLiteralIn(hostname);
  if (address !== undefined) throw new AddressRefused(address);
}
