/** The rows of scans: who has entered, and whom a gate has let in too early. */
import type { Row } from '../../../src/db/tables.ts';

export type CheckInRow = Row<'check_in'>;

/** A new row; the insert numbers it. */
export type RefusedScanRow = Omit<Row<'refused_scan'>, 'id'>;
