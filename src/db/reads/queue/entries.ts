/** Reads single entries of waiting queues for clients. */
import DataLoader from 'dataloader';
import { sql } from 'kysely';
import type { EpochMs } from '../../../commands/epoch-ms.ts';
import type { EndOfWaiting } from '../../../commands/schemas/values.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { lastSeen } from '../../queue-line.ts';
import { type Given, statement } from '../../statement.ts';
import type { Row } from '../../tables.ts';

/** A waiting or active entry. */
export interface OpenEntry {
  id: number;
  queueId: number;
  number: number;
  subject: string;
  state: 'waiting' | 'active';
  /** In ms since 1970. */
  enteredAt: EpochMs;
  /** In ms since 1970; set while active. */
  expiresAt: EpochMs | null;
  /** Until when new orders can be placed, in ms since 1970; set while active, unless an older version admitted the user. */
  bookingUntil: EpochMs | null;
  /** Null if no draw has assigned it another number. */
  numberBeforeDraw: number | null;
  /** Whether it waits, but was skipped because its user had stopped polling. */
  isSkipped: boolean;
  /** When its user was last noted to poll, or entered; in ms since 1970. Null if that was near the front. */
  seenAt: EpochMs | null;
}

/** A user, and a queue in which the user may have an open entry. */
export interface UserInQueue {
  subject: string;
  queueId: number;
}

/** The system has ended the waiting of a user. */
export interface WaitingEnd {
  endReason: EndOfWaiting;
  /** In ISO 8601. */
  endedAt: string;
}

/** Reads open entries. Concurrent reads share one query. */
export class OpenEntryReader {
  readonly #byUser: DataLoader<UserInQueue, OpenEntry | undefined>;
  readonly #endByUser: DataLoader<UserInQueue, WaitingEnd | undefined>;
  readonly #activeById: DataLoader<number, EpochMs | undefined>;

  constructor(orm: Database) {
    const options = { cache: false, batchScheduleFn: (run: () => void) => setImmediate(run) };
    this.#byUser = new DataLoader((users) => findOpenEntries(orm, users), options);
    this.#endByUser = new DataLoader((users) => findWaitingEnds(orm, users), options);
    this.#activeById = new DataLoader((ids) => findActive(orm, ids), options);
  }

  /** The user's entry in a queue that is waiting, or active and not expired. */
  ofUser(user: UserInQueue): Promise<OpenEntry | undefined> {
    return this.#byUser.load(user);
  }

  /** When and why the system ended the waiting of a user in a queue, if that was the user's last entry, and as long as it is kept. */
  endOf(user: UserInQueue): Promise<WaitingEnd | undefined> {
    return this.#endByUser.load(user);
  }

  /** When an active entry expires, in ms since 1970; undefined if it is not active. */
  activeUntil(entryId: number): Promise<EpochMs | undefined> {
    return this.#activeById.load(entryId);
  }
}

/**
 * Uses the index on subjects, then the index on users. A plan made while the tables were small would later read every
 * open entry of a long queue; `limit` prevents that plan.
 */
const openEntries = statement(
  'open entries',
  ({ subjects, queueIds }: Given<{ subjects: readonly string[]; queueIds: readonly number[] }>) =>
    sql<OpenRow>`
    select entry.id, asked.queue_id as "queueId", number, ticket as "numberBeforeDraw", subject, state,
      entered_at as "enteredAt", expires_at as "expiresAt", booking_until as "bookingUntil",
      skipped_at is not null as "isSkipped",
      case when not seen_near_front then ${lastSeen} end as "seenAt"
    from unnest(${subjects}::text[], ${queueIds}::int[]) as asked(name, queue_id)
    cross join lateral (select id, subject from app_user where subject = asked.name limit 1) known
    cross join lateral (
      select id, number, ticket, state, expires_at, booking_until, skipped_at, seen_at, seen_near_front, entered_at
      from queue_entry
      where user_id = known.id and queue_id = asked.queue_id and state in ('waiting', 'active')
      limit 1
    ) entry
    where state = 'waiting' or expires_at > statement_timestamp()`,
);

type Columns = 'id' | 'queueId' | 'number' | 'enteredAt' | 'expiresAt' | 'bookingUntil';
type OpenRow = Pick<Row<'queue_entry'>, Columns> &
  Pick<OpenEntry, 'subject' | 'state' | 'numberBeforeDraw' | 'isSkipped'> & { seenAt: Date | null };

async function findOpenEntries(
  orm: Database,
  users: readonly UserInQueue[],
): Promise<(OpenEntry | undefined)[]> {
  const subjects = users.map(({ subject }) => subject);
  const queueIds = users.map(({ queueId }) => queueId);
  const rows = await rowsOf(orm, openEntries({ subjects, queueIds }));
  const entries = new Map(rows.map((row) => [keyOf(row), toOpenEntry(row)]));
  return users.map((user) => entries.get(keyOf(user)));
}

function toOpenEntry({ enteredAt, expiresAt, bookingUntil, seenAt, ...row }: OpenRow): OpenEntry {
  return {
    ...row,
    enteredAt: enteredAt.getTime(),
    expiresAt: expiresAt?.getTime() ?? null,
    bookingUntil: bookingUntil?.getTime() ?? null,
    seenAt: seenAt?.getTime() ?? null,
  };
}

/** As above, with the index on ended entries of users. Only the user's last entry says why waiting ended. */
const waitingEnds = statement(
  'ends of waiting',
  ({ subjects, queueIds }: Given<{ subjects: readonly string[]; queueIds: readonly number[] }>) =>
    sql<UserInQueue & { endReason: EndOfWaiting; endedAt: Date }>`
    select asked.name as subject, asked.queue_id as "queueId", end_reason as "endReason", ended_at as "endedAt"
    from unnest(${subjects}::text[], ${queueIds}::int[]) as asked(name, queue_id)
    cross join lateral (select id from app_user where subject = asked.name limit 1) known
    cross join lateral (
      select end_reason, ended_at from queue_entry
      where user_id = known.id and queue_id = asked.queue_id and state = 'ended'
      order by ended_at desc limit 1
    ) entry
    where end_reason in ('away', 'sold-out', 'closed') and (
      select id from queue_entry
      where user_id = known.id and queue_id = asked.queue_id and state in ('waiting', 'active') limit 1) is null`,
);

async function findWaitingEnds(
  orm: Database,
  users: readonly UserInQueue[],
): Promise<(WaitingEnd | undefined)[]> {
  const subjects = users.map(({ subject }) => subject);
  const queueIds = users.map(({ queueId }) => queueId);
  const rows = await rowsOf(orm, waitingEnds({ subjects, queueIds }));
  const ends = new Map(
    rows.map((row) => [
      keyOf(row),
      { endReason: row.endReason, endedAt: row.endedAt.toISOString() },
    ]),
  );
  return users.map((user) => ends.get(keyOf(user)));
}

const keyOf = ({ subject, queueId }: UserInQueue) => `${queueId}:${subject}`;

/** Uses the index on ids, for the same reason. */
const activeEntries = statement(
  'active entries',
  ({ ids }: Given<{ ids: readonly number[] }>) =>
    sql<{ id: number; expiresAt: Date }>`
    select entry.id, expires_at as "expiresAt" from unnest(${ids}::bigint[]) as asked(id)
    cross join lateral (
      select id, state, expires_at from queue_entry where id = asked.id limit 1
    ) entry
    where state = 'active' and expires_at > statement_timestamp()`,
);

async function findActive(orm: Database, ids: readonly number[]): Promise<(EpochMs | undefined)[]> {
  const rows = await rowsOf(orm, activeEntries({ ids }));
  const ends = new Map(rows.map(({ id, expiresAt }) => [id, expiresAt.getTime()]));
  return ids.map((id) => ends.get(id));
}
