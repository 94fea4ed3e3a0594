/**
 * Resolves host names with c-ares. `dns.lookup` occupies one of the two threads that libuv has for it until the name server
 * answers: two names whose name server hangs would block all other lookups of the process.
 */
import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** How long a name server has for each try, in ms; with the second try less than a message has. */
const TRY_MS = 1500;
const TRIES = 2;
/** How much later than the IPv4 addresses the IPv6 ones may come, in ms (RFC 8305, 3): some name servers drop that question. */
const IPV6_LATER_MS = 50;
const HOSTS_FILE = '/etc/hosts';

export class NameResolver {
  readonly #dns = new Resolver({ timeout: TRY_MS, maxTimeout: TRY_MS, tries: TRIES });

  /** @param servers name servers as `ADDRESS:PORT`; those of the system where left out */
  constructor(servers?: readonly string[]) {
    if (servers) this.#dns.setServers(servers);
  }

  /**
   * The addresses of a name, IPv4 first: from the hosts file, else from the name servers, which are asked for this very name
   * (no search domains).
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
