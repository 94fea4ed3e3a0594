/** Writes halls and their versions. */
import { insertEach, type Part, updateEach } from '../part.ts';

/** Halls come first, because versions refer to them. */
export const hallParts: readonly Part[] = [
  insertEach(
    'hall',
    { id: 'bigint', name: 'text', version: 'int', created_at: 'timestamptz' },
    (rows) => rows.halls.table.added,
  ),
  updateEach('hall', { id: 'bigint', version: 'int' }, (rows) => rows.halls.table.changed),
  insertEach(
    'hall_version',
    {
      hall_id: 'bigint',
      version: 'int',
      plan: 'jsonb',
      seat_count: 'int',
      job_id: 'text',
      created_at: 'timestamptz',
    },
    (rows) => rows.halls.addedVersions,
  ),
];
