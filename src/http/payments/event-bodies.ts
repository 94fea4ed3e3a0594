/** Decides whether the body of an event is read. Whoever sends it has no access token and no rate limit. */
import type { Context } from 'hono';
import { clientAddress, networkOf } from '../auth/client-address.ts';
import { Problem } from '../problems/problems.ts';
import { headerOf } from '../request.ts';
import { SlotLimit } from '../slot-limit.ts';
import { type EventReaders, readerOf } from './readers.ts';

/** Bodies that are read at a time in a process: each one may take 256 KiB, and its sender decides how long. */
const BODIES_MAX = 100;
/** And of one network, so that one sender of slow bodies cannot keep a provider's events out. */
const BODIES_OF_NETWORK_MAX = 50;

export class EventBodies {
  readonly #readers: EventReaders;
  readonly #trustedProxies: number;
  readonly #limit = new SlotLimit({ max: BODIES_MAX, perUser: BODIES_OF_NETWORK_MAX });

  /** @param trustedProxies as in TRUSTED_PROXIES */
  constructor(readers: EventReaders, trustedProxies: number) {
    this.#readers = readers;
    this.#trustedProxies = trustedProxies;
  }

  /**
   * @param provider as in the path
   * @returns to be called once the body was read, or could not be
   * @throws Problem PROVIDER_NOT_FOUND; PROVIDER_SIGNATURE_INVALID without a signature; SERVICE_UNAVAILABLE if too many are being read
   */
  admit(provider: string, c: Context): () => void {
    const { signatureHeader } = readerOf(this.#readers, provider);
    if (!headerOf(c, signatureHeader.toLowerCase())) {
      const detail = `The event has no header ${signatureHeader}.`;
      throw new Problem('PROVIDER_SIGNATURE_INVALID', { detail });
    }
    const network = networkOf(clientAddress(c, this.#trustedProxies));
    if (!this.#limit.tryAcquire(network)) {
      const detail = 'Too many events are being received. Send the event again later.';
      throw new Problem('SERVICE_UNAVAILABLE', { detail, retryAfterSeconds: 1 });
    }
    return () => this.#limit.release(network);
  }
}
