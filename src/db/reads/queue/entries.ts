/** Reads the waiting queue for clients: its counters, and single entries. */
import DataLoader from 'dataloader';
import { sql } from 'kysely';
import type { EpochMs } from '../../../commands/epoch-ms.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { db, type Given, statement } from '../../statement.ts';
import type { Row } from '../../tables.ts';
import { isSoldOut } from '../stock.ts';

export interface QueueCounters {
  /** Number of waiting entries. */
  waiting: number;
  active: number;
  /** The highest number assigned so far. */
  lastNumber: number;
  /** The highest number admitted so far. */
  lastAdmitted: number;
  /** Number of waiting entries with a lower number. They were skipped, and are first when their users return. */
  passedOver: number;
  /** The lowest waiting number. */
  firstWaiting: number | null;
  /** Users admitted in the last minute. */
  admittedLastMinute: number;
  isPaused: boolean;
  /** Whether all seats are sold, so that no user is admitted. */
  isSoldOut: boolean;
  /** Values set by operators; null means the configured setting applies. Times in ms. */
  admitLimit: number | null;
  admitWindowMs: number | null;
  maxActive: number | null;
}

/** Uses small indexes, so its cost does not depend on the length of the queue. */
const counters = statement('queue counters', () =>
  db
    .selectFrom('waiting_queue')
    .select([
      'waiting',
      'last_number as lastNumber',
      'last_admitted as lastAdmitted',
      'is_paused as isPaused',
      'admit_limit as admitLimit',
      'admit_window_ms as admitWindowMs',
      'max_active as maxActive',
    ])
    .select([
      isSoldOut.as('isSoldOut'),
      sql<number>`(select count(*)::int from queue_entry where state = 'active')`.as('active'),
      sql<number>`(select count(*)::int from queue_entry
        where state = 'waiting' and number < last_admitted)`.as('passedOver'),
      sql<number | null>`(select min(number) from queue_entry where state = 'waiting')`.as(
        'firstWaiting',
      ),
      sql<number>`(select count(*)::int from queue_entry
        where admitted_at > statement_timestamp() - interval '1 minute')`.as('admittedLastMinute'),
    ]),
);

export async function readQueueCounters(orm: Database): Promise<QueueCounters> {
  const [row] = await rowsOf(orm, counters({}));
  if (!row) throw new Error('The table waiting_queue has no row.');
  return row;
}

/** A waiting or active entry. */
export interface OpenEntry {
  number: number;
  subject: string;
  state: 'waiting' | 'active';
  /** In ms since 1970; set while active. */
  expiresAt: EpochMs | null;
  /** The number before a draw assigned a new one. */
  ticket: number | null;
}

/** Reads open entries. Concurrent reads share one query. */
export class OpenEntryReader {
  readonly #bySubject: DataLoader<string, OpenEntry | undefined>;
  readonly #activeByNumber: DataLoader<number, EpochMs | undefined>;

  constructor(orm: Database) {
    const options = { cache: false, batchScheduleFn: (run: () => void) => setImmediate(run) };
    this.#bySubject = new DataLoader((subjects) => findOpenEntries(orm, subjects), options);
    this.#activeByNumber = new DataLoader((numbers) => findActive(orm, numbers), options);
  }

  /** The user's entry that is waiting, or active and not expired. */
  ofSubject(subject: string): Promise<OpenEntry | undefined> {
    return this.#bySubject.load(subject);
  }

  /** When an active entry expires, in ms since 1970; undefined if it is not active. */
  activeUntil(number: number): Promise<EpochMs | undefined> {
    return this.#activeByNumber.load(number);
  }
}

/**
 * Uses the index on subjects, then the index on users. A plan made while the tables were small would later read every
 * open entry of a long queue; `limit` prevents that plan.
 */
const openEntries = statement(
  'open entries',
  ({ subjects }: Given<{ subjects: readonly string[] }>) =>
    sql<Pick<Row<'queue_entry'>, 'number' | 'ticket' | 'expiresAt'> & OpenOf>`
    select number, ticket, subject, state, expires_at as "expiresAt"
    from unnest(${subjects}::text[]) as asked(name)
    cross join lateral (select id, subject from app_user where subject = asked.name limit 1) known
    cross join lateral (
      select number, ticket, state, expires_at from queue_entry
      where user_id = known.id and state in ('waiting', 'active') limit 1
    ) entry
    where state = 'waiting' or expires_at > statement_timestamp()`,
);

type OpenOf = Pick<OpenEntry, 'subject' | 'state'>;

async function findOpenEntries(
  orm: Database,
  subjects: readonly string[],
): Promise<(OpenEntry | undefined)[]> {
  const rows = await rowsOf(orm, openEntries({ subjects }));
  const entries = new Map(
    rows.map((row) => [row.subject, { ...row, expiresAt: row.expiresAt?.getTime() ?? null }]),
  );
  return subjects.map((subject) => entries.get(subject));
}

/** Uses the index on numbers, for the same reason. */
const activeEntries = statement(
  'active entries',
  ({ numbers }: Given<{ numbers: readonly number[] }>) =>
    sql<{ number: number; expiresAt: Date }>`
    select entry.number, expires_at as "expiresAt" from unnest(${numbers}::bigint[]) as asked(number)
    cross join lateral (
      select number, state, expires_at from queue_entry where number = asked.number limit 1
    ) entry
    where state = 'active' and expires_at > statement_timestamp()`,
);

async function findActive(
  orm: Database,
  numbers: readonly number[],
): Promise<(EpochMs | undefined)[]> {
  const rows = await rowsOf(orm, activeEntries({ numbers }));
  const ends = new Map(rows.map(({ number, expiresAt }) => [number, expiresAt.getTime()]));
  return numbers.map((number) => ends.get(number));
}
