/** The rows of halls in memory: the halls that commands change, and the versions that they save or use. */
import type { Row } from '../../../src/db/tables.ts';
import { Table } from '../table.ts';

export type HallRow = Row<'hall'>;
export type HallVersionRow = Row<'hall_version'>;
/** A version, as far as schedules need it. */
export type KnownVersion = Pick<HallVersionRow, 'hallId' | 'version' | 'plan'>;

export class HallRows {
  /** Locked. */
  readonly table = new Table<HallRow>((hall) => hall.id);
  readonly addedVersions: HallVersionRow[] = [];
  readonly #versions = new Map<string, KnownVersion>();

  loadVersion(found: KnownVersion): void {
    this.#versions.set(`${found.hallId}.${found.version}`, found);
  }

  addVersion(added: HallVersionRow): void {
    this.loadVersion(added);
    this.addedVersions.push(added);
  }

  /** A version that is saved, or was added in this batch. */
  version(hallId: number, version: number): KnownVersion | undefined {
    return this.#versions.get(`${hallId}.${version}`);
  }
}
