/** The ids of new rows. A batch draws them before its commands are applied. */
import { strict as assert } from 'node:assert';

/** Rows whose ids appear in outcomes. Their ids are drawn before any row is written. */
export const ID_KINDS = [
  'order',
  'booking',
  'payment',
  'checkout',
  'concert',
  'schedule',
  'webhook',
  'draw',
  'queue',
  'hall',
] as const;
export type IdKind = (typeof ID_KINDS)[number];

/** A record with one value for each kind of id. */
export function byIdKind<Value>(make: (kind: IdKind) => Value): Record<IdKind, Value> {
  return Object.fromEntries(ID_KINDS.map((kind) => [kind, make(kind)])) as Record<IdKind, Value>;
}

/** How many ids of each kind some commands need together. */
export function countIds(
  needs: readonly { newIds?: Partial<Record<IdKind, number>> }[],
): Record<IdKind, number> {
  return byIdKind((kind) => needs.reduce((sum, { newIds }) => sum + (newIds?.[kind] ?? 0), 0));
}

/** Ids that the batch drew from the sequences before its commands were applied. */
export class NewIds {
  readonly #ids: readonly number[];
  #next = 0;

  constructor(ids: readonly number[]) {
    this.#ids = ids;
  }

  take(): number {
    const id = this.#ids[this.#next];
    this.#next += 1;
    assert(id !== undefined, 'A handler took more ids than its needs declared.');
    return id;
  }
}
