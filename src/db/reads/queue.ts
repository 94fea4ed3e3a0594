/** The waiting queue as clients see it: its counters, and single places. */
import DataLoader from 'dataloader';
import { sql } from 'kysely';
import type { Database } from '../connection/orm.ts';
import { rowsOf } from '../connection/pipeline.ts';
import { db, type Given, statement } from '../statement.ts';
import type { Row } from '../tables.ts';
import { isSoldOut } from './stock.ts';

export interface QueueCounters {
  /** How many wait. */
  waiting: number;
  active: number;
  /** The highest number given so far. */
  lastNumber: number;
  /** The highest number admitted so far. */
  lastAdmitted: number;
  /** How many wait with a lower number: they were passed over, and are first when they return. */
  passedOver: number;
  /** The lowest number that waits. */
  firstWaiting: number | null;
  /** Users admitted in the last minute. */
  admittedLastMinute: number;
  isPaused: boolean;
  /** Whether nothing is left to sell: then nobody is admitted. */
  isSoldOut: boolean;
  /** What operators have set; null where the configured values hold. Times in ms. */
  admitLimit: number | null;
  admitWindowMs: number | null;
  maxActive: number | null;
}

/** By small indexes, whatever the length of the queue. */
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
  if (!row) throw new Error('The table waiting_queue has lost its row.');
  return row;
}

/** A place that is waiting or active. */
export interface OpenPlace {
  number: number;
  subject: string;
  state: 'waiting' | 'active';
  /** In ms since 1970; set while active. */
  expiresAt: number | null;
  /** The number before a draw gave it another. */
  ticket: number | null;
}

/** Reads open places; those asked for at the same time share one query. */
export class OpenPlaceReader {
  readonly #bySubject: DataLoader<string, OpenPlace | undefined>;
  readonly #activeByNumber: DataLoader<number, boolean>;

  constructor(orm: Database) {
    const options = { cache: false, batchScheduleFn: (run: () => void) => setImmediate(run) };
    this.#bySubject = new DataLoader((subjects) => findOpenPlaces(orm, subjects), options);
    this.#activeByNumber = new DataLoader((numbers) => findActive(orm, numbers), options);
  }

  /** The place of a user that is waiting, or active and not run out. */
  ofSubject(subject: string): Promise<OpenPlace | undefined> {
    return this.#bySubject.load(subject);
  }

  isActive(number: number): Promise<boolean> {
    return this.#activeByNumber.load(number);
  }
}

/**
 * By the subject's index, then by the user's, whatever the planner thinks of the tables: a plan made while they
 * were small would read every open place of a long queue ever after. `limit` keeps it from choosing another way.
 */
const openPlaces = statement(
  'open places',
  ({ subjects }: Given<{ subjects: readonly string[] }>) =>
    sql<Pick<Row<'queue_entry'>, 'number' | 'ticket' | 'expiresAt'> & OpenOf>`
    select number, ticket, subject, state, expires_at as "expiresAt"
    from unnest(${subjects}::text[]) as asked(name)
    cross join lateral (select id, subject from app_user where subject = asked.name limit 1) known
    cross join lateral (
      select number, ticket, state, expires_at from queue_entry
      where user_id = known.id and state in ('waiting', 'active') limit 1
    ) place
    where state = 'waiting' or expires_at > statement_timestamp()`,
);

type OpenOf = Pick<OpenPlace, 'subject' | 'state'>;

async function findOpenPlaces(
  orm: Database,
  subjects: readonly string[],
): Promise<(OpenPlace | undefined)[]> {
  const rows = await rowsOf(orm, openPlaces({ subjects }));
  const places = new Map(
    rows.map((row) => [row.subject, { ...row, expiresAt: row.expiresAt?.getTime() ?? null }]),
  );
  return subjects.map((subject) => places.get(subject));
}

/** By the number's index, for the same reason. */
const activePlaces = statement(
  'active places',
  ({ numbers }: Given<{ numbers: readonly number[] }>) =>
    sql<Pick<Row<'queue_entry'>, 'number'>>`
    select place.number from unnest(${numbers}::bigint[]) as asked(number)
    cross join lateral (
      select number, state, expires_at from queue_entry where number = asked.number limit 1
    ) place
    where state = 'active' and expires_at > statement_timestamp()`,
);

async function findActive(orm: Database, numbers: readonly number[]): Promise<boolean[]> {
  const rows = await rowsOf(orm, activePlaces({ numbers }));
  const active = new Set(rows.map(({ number }) => number));
  return numbers.map((number) => active.has(number));
}
