/**
 * A seat map as operators see it: with the reason of each blocked seat. It is made from the map that buyers share, which
 * stays as it is, and has an ETag of its own.
 */
import { hash } from 'node:crypto';
import type { Seat } from '../../commands/resources.ts';
import { SeatMap } from './seat-map.ts';

/** @param reasons of the blocked seats, by seat id */
export function operatorsMap(map: SeatMap, reasons: ReadonlyMap<number, string>): SeatMap {
  const digest = hash('sha1', JSON.stringify([...reasons]), 'base64url');
  const etag = map.etag.replace(/"$/, `.${digest}"`);
  return new SeatMap({ body: () => withReasons(map.body, reasons), etag });
}

function withReasons(body: string, reasons: ReadonlyMap<number, string>): string {
  const { scheduleId, items } = JSON.parse(body) as { scheduleId: number; items: Seat[] };
  const seats = items.map((seat) => ({ ...seat, blockedReason: reasons.get(seat.id) ?? null }));
  return JSON.stringify({ scheduleId, items: seats });
}
