/**
 * The operators' seat maps of a schedule, which add the reason of each blocked seat. Each is built once from the buyers'
 * map, which stays unchanged, and has its own ETag.
 */
import { hash } from 'node:crypto';
import type { Seat } from '../../commands/schemas/resources.ts';
import { CachedBody } from '../cached-body.ts';
import { SharedRead } from '../reads/shared-read.ts';

/** The reasons of the blocked seats, by seat id. */
type Reasons = ReadonlyMap<number, string>;

export class OperatorsMaps {
  readonly #reads: SharedRead<{ reasons: Reasons; digest: string }>;
  /** The latest operators' map by buyers' map. */
  readonly #built = new WeakMap<CachedBody, CachedBody>();

  constructor(readReasons: () => Promise<Reasons>) {
    this.#reads = new SharedRead(async () => {
      const reasons = await readReasons();
      return { reasons, digest: hash('sha1', JSON.stringify([...reasons]), 'base64url') };
    });
  }

  /** Returns the map with reasons that are read after this call. */
  async of(map: CachedBody): Promise<CachedBody> {
    const { reasons, digest } = await this.#reads.fresh();
    const etag = map.etag.replace(/"$/, `.${digest}"`);
    const last = this.#built.get(map);
    if (last?.etag === etag) return last;
    const built = new CachedBody({ body: () => withReasons(map.text, reasons), etag });
    this.#built.set(map, built);
    return built;
  }
}

function withReasons(body: string, reasons: Reasons): string {
  const { scheduleId, items } = JSON.parse(body) as { scheduleId: number; items: Seat[] };
  const seats = items.map((seat) => ({ ...seat, blockedReason: reasons.get(seat.id) ?? null }));
  return JSON.stringify({ scheduleId, items: seats });
}
