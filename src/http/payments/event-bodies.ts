/** Decides whether the body of an event is read. Whoever sends it has no access token and no rate limit. */
import { Problem } from '../problems/problems.ts';
import { SlotLimit } from '../slot-limit.ts';
import { type EventReaders, readerOf } from './readers.ts';

/** Bodies that are read at a time in a process: each one may take 256 KiB, and its sender decides how long. */
const BODIES_MAX = 100;

export class EventBodies {
  readonly #readers: EventReaders;
  readonly #limit = new SlotLimit({ max: BODIES_MAX, perUser: BODIES_MAX });

  constructor(readers: EventReaders) {
    this.#readers = readers;
  }

  /**
   * @param provider as in the path
   * @param headerOf reads a header of the request
   * @returns to be called once the body was read, or could not be
   * @throws Problem PROVIDER_NOT_FOUND; PROVIDER_SIGNATURE_INVALID without a signature; SERVICE_UNAVAILABLE if too many are being read
   */
  admit(provider: string, headerOf: (header: string) => string | undefined): () => void {
    const { signatureHeader } = readerOf(this.#readers, provider);
    if (!headerOf(signatureHeader)) {
      const detail = `The event has no header ${signatureHeader}.`;
      throw new Problem('PROVIDER_SIGNATURE_INVALID', { detail });
    }
    if (!this.#limit.tryAcquire(provider)) {
      const detail = 'Too many events are being received. Send the event again later.';
      throw new Problem('SERVICE_UNAVAILABLE', { detail, retryAfterSeconds: 1 });
    }
    return () => this.#limit.release(provider);
  }
}
