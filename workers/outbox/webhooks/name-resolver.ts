/**
 * Resolves host names with c-ares. `dns.lookup` would occupy one of libuv's two lookup threads until the name server
 * responds, so two names with a hanging name server would block all other lookups of the process.
 */
import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** The timeout of each try, in ms. Both tries together are shorter than the timeout of a message. */
const TRY_MS = 1500;
const TRIES = 2;
/** How long to wait for IPv6 addresses after the IPv4 ones, in ms (RFC 8305, 3). Some name servers ignore AAAA queries. */
const IPV6_LATER_MS = 50;
const HOSTS_FILE = '/etc/hosts';

export class NameResolver {
  readonly #dns = new Resolver({ timeout: TRY_MS, maxTimeout: TRY_MS, tries: TRIES });

  /** @param servers name servers as `ADDRESS:PORT`; default: those of the system */
  constructor(servers?: readonly string[]) {
    if (servers) this.#dns.setServers(servers);
  }

  /**
   * Resolves a name, IPv4 addresses first. The hosts file takes precedence over the name servers. Search domains are not
   * used.
   * @throws Error with a `code` such as ENOTFOUND or ETIMEOUT
   */
  async addressesOf(name: string): Promise<LookupAddress[]> {
    const listed = await listedAddresses(name);
    if (listed.length > 0) return listed;
    const ipv6 = this.#dns.resolve6(name);
    const laterIpv6 = ipv6.catch(() => []);
    let ipv4: string[];
    try {
      ipv4 = await this.#dns.resolve4(name);
    } catch {
      return (await ipv6).map(toLookupAddress);
    }
    const late = setTimeout<string[]>(IPV6_LATER_MS, [], { ref: false });
    return [...ipv4, ...(await Promise.race([laterIpv6, late]))].map(toLookupAddress);
  }
}

/** The addresses that the hosts file lists for a name. */
async function listedAddresses(name: string): Promise<LookupAddress[]> {
  const text = await readFile(HOSTS_FILE, 'utf8').catch(() => '');
  const wanted = name.toLowerCase().replace(/\.$/, '');
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/))
    .filter(([address = '', ...names]) => isIP(address) !== 0 && names.includes(wanted))
    .map(([address = '']) => toLookupAddress(address))
    .toSorted((one, other) => one.family - other.family);
}

const toLookupAddress = (address: string): LookupAddress => ({ address, family: isIP(address) });
