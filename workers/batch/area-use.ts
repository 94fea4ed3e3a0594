/** Notes whether there are areas, so that installations without areas do not pay for them. */
import { sql } from 'kysely';
import type { Database } from '../../src/db/connection/orm.ts';
import { rowsOf } from '../../src/db/connection/pipeline.ts';
import { rareStatement } from '../../src/db/statement.ts';
import type { Needs } from '../handlers/needs.ts';

const anyArea = rareStatement(() => sql<{ exists: boolean }>`select exists (select from area)`);

/** Until this process knows of an area, its batches do not look for areas of the orders that they pay or cancel. */
export class AreaUse {
  #isAnyKnown: boolean | undefined;

  /** @param isAnyKnown undefined: it looks before its first batch */
  constructor(isAnyKnown?: boolean) {
    this.#isAnyKnown = isAnyKnown;
  }

  get isAnyKnown(): boolean {
    return this.#isAnyKnown === true;
  }

  /** Looks whether there are areas, unless this process has looked before. */
  async learn(orm: Database): Promise<void> {
    if (this.#isAnyKnown !== undefined) return;
    const [found] = await rowsOf(orm, anyArea({}));
    // Another batch may have noted an area meanwhile.
    this.#isAnyKnown ??= found?.exists;
  }

  /** Notes the areas that the commands of a batch name, if any. */
  noteWanted(batch: readonly { needs: Needs }[]): void {
    if (batch.some(({ needs }) => needs.places?.areas?.length)) this.noteFound();
  }

  /** A batch has met an area. */
  noteFound(): void {
    this.#isAnyKnown = true;
  }

  /** Whether a known area may belong to an order that the commands of a batch name. */
  mayChange(batch: readonly { needs: Needs }[]): boolean {
    return this.isAnyKnown && batch.some(({ needs }) => needs.order);
  }

  forget(): void {
    this.#isAnyKnown = undefined;
  }
}
