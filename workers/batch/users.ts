/**
 * From the subject of an access token to the user's id. The row is made by the user's first command.
 * Ids never change, so a worker process remembers those that it has met.
 */
import { sql } from 'kysely';
import type { Send } from '../../src/db/connection/pipeline.ts';

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

async function findOrInsert(
  send: Send,
  unknown: ReadonlyMap<string, string | null>,
  found: Map<string, number>,
): Promise<void> {
  const subjects = [...unknown.keys()];
  const names = [...unknown.values()];
  const rows = await send(sql<{ id: string; subject: string }>`
    with given as (
      select * from unnest(${subjects}::text[], ${names}::text[]) as given(subject, name)
    ), present as (
      select id, subject from app_user where subject = any(${subjects}::text[])
    ), added as (
      insert into app_user (subject, name)
      select subject, name from given
      where subject not in (select subject from present)
      order by subject
      on conflict (subject) do nothing
      returning id, subject
    )
    select id, subject from present union all select id, subject from added`);
  for (const row of rows) found.set(row.subject, Number(row.id));

  // Another lane inserted it between the reading and the inserting half of the statement above.
  const missing = subjects.filter((subject) => !found.has(subject));
  if (missing.length === 0) return;
  const late = await send(sql<{ id: string; subject: string }>`
    select id, subject from app_user where subject = any(${missing}::text[])`);
  for (const row of late) found.set(row.subject, Number(row.id));
}
