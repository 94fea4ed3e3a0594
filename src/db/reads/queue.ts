/** The waiting queue as clients see it: its counters, and single places. */
import DataLoader from 'dataloader';
import { sql } from 'kysely';
import type { Database } from '../connection/orm.ts';
import { epochMs } from './epoch-ms.ts';
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

type CountersRow = Omit<QueueCounters, 'lastNumber' | 'lastAdmitted' | 'firstWaiting'> & {
  lastNumber: string;
  lastAdmitted: string;
  firstWaiting: string | null;
};

/** One statement by small indexes, whatever the length of the queue. */
export async function readQueueCounters(orm: Database): Promise<QueueCounters> {
  const { rows } = await sql<CountersRow>`
    select waiting, last_number as "lastNumber", last_admitted as "lastAdmitted", is_paused as "isPaused",
      admit_limit as "admitLimit", admit_window_ms as "admitWindowMs", max_active as "maxActive",
      ${isSoldOut} as "isSoldOut",
      (select count(*)::int from queue_entry where state = 'active') as active,
      (select count(*)::int from queue_entry where state = 'waiting' and number < last_admitted)
        as "passedOver",
      (select min(number) from queue_entry where state = 'waiting') as "firstWaiting",
      (select count(*)::int from queue_entry
        where admitted_at > statement_timestamp() - interval '1 minute') as "admittedLastMinute"
    from waiting_queue`.execute(orm.em.getKysely());
  const [row] = rows;
  if (!row) throw new Error('The table waiting_queue has lost its row.');
  return {
    ...row,
    lastNumber: Number(row.lastNumber),
    lastAdmitted: Number(row.lastAdmitted),
    firstWaiting: row.firstWaiting === null ? null : Number(row.firstWaiting),
  };
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

interface PlaceRow {
  number: string;
  subject: string;
  state: OpenPlace['state'];
  expires_at: number | null;
  ticket: string | null;
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
async function findOpenPlaces(
  orm: Database,
  subjects: readonly string[],
): Promise<(OpenPlace | undefined)[]> {
  const { rows } = await sql<PlaceRow>`
    select number, ticket, subject, state, ${epochMs('expires_at')} as expires_at
    from unnest(${[...subjects]}::text[]) as asked(name)
    cross join lateral (select id, subject from app_user where subject = asked.name limit 1) known
    cross join lateral (
      select number, ticket, state, expires_at from queue_entry
      where user_id = known.id and state in ('waiting', 'active') limit 1
    ) place
    where state = 'waiting' or expires_at > statement_timestamp()`.execute(orm.em.getKysely());
  const places = new Map(rows.map((row) => [row.subject, toPlace(row)]));
  return subjects.map((subject) => places.get(subject));
}

/** By the number's index, for the same reason. */
async function findActive(orm: Database, numbers: readonly number[]): Promise<boolean[]> {
  const { rows } = await sql<{ number: string }>`
    select place.number from unnest(${[...numbers]}::bigint[]) as asked(number)
    cross join lateral (
      select number, state, expires_at from queue_entry where number = asked.number limit 1
    ) place
    where state = 'active' and expires_at > statement_timestamp()`.execute(orm.em.getKysely());
  const active = new Set(rows.map((row) => Number(row.number)));
  return numbers.map((number) => active.has(number));
}

function toPlace({ number, subject, state, expires_at: expiresAt, ticket }: PlaceRow): OpenPlace {
  const drawn = ticket === null ? null : Number(ticket);
  return { number: Number(number), subject, state, expiresAt, ticket: drawn };
}
