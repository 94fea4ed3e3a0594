/**
 * Maps the subject of an access token to the user's id. A user's first command inserts the row.
 * Ids never change, so each worker process caches them.
 */
import { sql } from 'kysely';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../src/db/statement.ts';

/** How many users a worker process caches; 100,000 take about 20 MB. */
const CACHED_MAX = 100_000;

export interface Newcomer {
  subject: string;
  userName?: string | undefined;
}

export class Users {
  readonly #ids = new Map<string, number>();

  /**
   * Returns the ids of these users, and inserts missing rows. Rows are inserted in the order of their subjects, so that
   * two lanes with the same new users wait for each other instead of deadlocking.
   */
  async find(send: Send, users: readonly Newcomer[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const unknown = new Map<string, string | null>();
    for (const { subject, userName } of users) {
      const id = this.#ids.get(subject);
      if (id === undefined) unknown.set(subject, unknown.get(subject) ?? userName ?? null);
      else found.set(subject, id);
    }
    if (unknown.size > 0) await findOrInsert(send, unknown, found);
    return found;
  }

  forget(): void {
    this.#ids.clear();
  }

  /** Call this only after the commit: a rollback discards the ids of new rows. */
  remember(ids: ReadonlyMap<string, number>): void {
    for (const [subject, id] of ids) {
      if (this.#ids.size >= CACHED_MAX) this.#ids.delete(this.#ids.keys().next().value ?? '');
      this.#ids.set(subject, id);
    }
  }
}

interface Unknown {
  subjects: readonly string[];
  names: readonly (string | null)[];
}

const findUsers = ({ subjects }: Given<Pick<Unknown, 'subjects'>>) =>
  db.selectFrom('app_user').select(['id', 'subject']).where('subject', '=', anyOf(subjects));

const usersOf = statement('users', findUsers);
const usersOrNew = statement('users, made where missing', (given: Given<Unknown>) =>
  db
    .with('present', () => findUsers(given))
    .with('added', (with_) =>
      with_
        .insertInto('app_user')
        .columns(['subject', 'name'])
        .expression(
          sql`
          select subject, name
          from unnest(${given.subjects}::text[], ${given.names}::text[]) as given(subject, name)
          where subject not in (select subject from present)
          order by subject`,
        )
        .onConflict((on) => on.column('subject').doNothing())
        .returning(['id', 'subject']),
    )
    .selectFrom('present')
    .select(['id', 'subject'])
    .unionAll((with_) => with_.selectFrom('added').select(['id', 'subject'])),
);

async function findOrInsert(
  send: Send,
  unknown: ReadonlyMap<string, string | null>,
  found: Map<string, number>,
): Promise<void> {
  const subjects = [...unknown.keys()];
  const users = await send(usersOrNew({ subjects, names: [...unknown.values()] }));
  for (const { id, subject } of users) found.set(subject, id);

  // Another lane inserted the user between the read and the insert of the statement above.
  const missing = subjects.filter((subject) => !found.has(subject));
  if (missing.length === 0) return;
  const late = await send(usersOf({ subjects: missing }));
  for (const { id, subject } of late) found.set(subject, id);
}
