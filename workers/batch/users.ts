/**
 * From the subject of an access token to the user's id. The row is made by the user's first command.
 * Ids never change, so a worker process remembers those that it has met.
 */
import { sql } from 'kysely';
import type { Send } from '../../src/db/connection/pipeline.ts';
import { anyOf, db, type Given, statement } from '../../src/db/statement.ts';

/** How many users a worker process remembers; the ids of 100,000 take about 20 MB. */
const REMEMBERED_MAX = 100_000;

export interface Newcomer {
  subject: string;
  userName?: string | undefined;
}

export class Users {
  readonly #ids = new Map<string, number>();
  #isDoubtful = false;

  /**
   * The ids of these users; makes the rows that are missing. Rows are inserted in the order of their
   * subjects, so that two lanes which meet the same newcomers wait for each other and do not deadlock.
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

  /** To be called when PostgreSQL may have gone back in time: users that are remembered may have no rows. */
  forget(): void {
    this.#ids.clear();
  }

  /** To be called when a connection to PostgreSQL was lost: the next one may lead to a server that has lost users. */
  doubt(): void {
    this.#isDoubtful = true;
  }

  /** To be called with each new connection to PostgreSQL. */
  forgetWhatIsDoubtful(): void {
    if (this.#isDoubtful) this.forget();
    this.#isDoubtful = false;
  }

  /** To be called after the commit only: a row that was rolled back has lost its id. */
  remember(ids: ReadonlyMap<string, number>): void {
    for (const [subject, id] of ids) {
      if (this.#ids.size >= REMEMBERED_MAX) this.#ids.delete(this.#ids.keys().next().value ?? '');
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

  // Another lane inserted it between the reading and the inserting half of the statement above.
  const missing = subjects.filter((subject) => !found.has(subject));
  if (missing.length === 0) return;
  const late = await send(usersOf({ subjects: missing }));
  for (const { id, subject } of late) found.set(subject, id);
}
