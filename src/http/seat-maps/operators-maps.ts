/**
 * A schedule's seat maps as operators see them: with the reason of each blocked seat. Each is made once from the map that
 * buyers share, which stays as it is, and has an ETag of its own.
 */
import { hash } from 'node:crypto';
import type { Seat } from '../../commands/schemas/resources.ts';
import { SharedRead } from '../reads/shared-read.ts';
import { SeatMap } from './seat-map.ts';

/** Of the blocked seats, by seat id. */
type Reasons = ReadonlyMap<number, string>;

export class OperatorsMaps {
  readonly #reads: SharedRead<{ reasons: Reasons; digest: string }>;
  /** The last one that was made of each map of the buyers. */
  readonly #made = new WeakMap<SeatMap, SeatMap>();

  constructor(readReasons: () => Promise<Reasons>) {
    this.#reads = new SharedRead(async () => {
      const reasons = await readReasons();
      return { reasons, digest: hash('sha1', JSON.stringify([...reasons]), 'base64url') };
    });
  }

  /** The map with the reasons, which are read after the call. */
  async of(map: SeatMap): Promise<SeatMap> {
    const { reasons, digest } = await this.#reads.fresh();
    const etag = map.etag.replace(/"$/, `.${digest}"`);
    const last = this.#made.get(map);
    if (last?.etag === etag) return last;
    const made = new SeatMap({ body: () => withReasons(map.body, reasons), etag });
    this.#made.set(map, made);
    return made;
  }
}

function withReasons(body: string, reasons: Reasons): string {
  const { scheduleId, items } = JSON.parse(body) as { scheduleId: number; items: Seat[] };
  const seats = items.map((seat) => ({ ...seat, blockedReason: reasons.get(seat.id) ?? null }));
  return JSON.stringify({ scheduleId, items: seats });
}
