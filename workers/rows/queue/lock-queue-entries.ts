/** The statements that lock queue entries: those that commands name by a queue token or an order, and those of their users. */
import { type InferResult, type RawBuilder, sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, checkedAfterwards, db, type Given, statement } from '../../../src/db/statement.ts';
import { type Named, namedOrders } from '../orders/named-orders.ts';

const queueEntries = db
  .selectFrom('queue_entry')
  .select([
    'id',
    'queue_id as queueId',
    'number',
    'user_id as userId',
    'state',
    'entered_at as enteredAt',
    'accepted_at as acceptedAt',
    'expires_at as expiresAt',
    'claimed_at as claimedAt',
    'booking_until as bookingUntil',
    'ended_at as endedAt',
    'end_reason as endReason',
    'job_id as jobId',
  ]);

/** Users, each with a queue in which the user may have an open entry. */
export interface UsersInQueues {
  userIds: readonly number[];
  queueIds: readonly number[];
}

export interface WantedEntries {
  /** The entries of the tokens of commands that pay. */
  paying: readonly number[];
  /** Whether a command pays. One without a token may end the entry of its order. */
  isAnyPaying: boolean;
  /** The entries of the tokens of commands that book. */
  booking: readonly number[];
  /** The orders that commands name. The entry of an order never changes. */
  orders: Named;
  entering: UsersInQueues;
  leaving: UsersInQueues;
  /** How long a new hold lasts, in ms. */
  holdMs: number;
}

type OfTokens = Pick<WantedEntries, 'paying' | 'booking' | 'holdMs'> & Named;

interface Entering {
  enteringUsers: readonly number[];
  enteringQueues: readonly number[];
}

interface Leaving {
  leavingUsers: readonly number[];
  leavingQueues: readonly number[];
}

type Found = InferResult<typeof queueEntries>[number];

const locking = (ids: RawBuilder<unknown>) =>
  queueEntries
    .where('id', '=', anyOf(sql<number[]>`(${ids})`))
    .orderBy('id')
    .forUpdate();

/** Entries that are only read may be of the moment before a lock was waited for. They can end at any time without a lock anyway. */
const lockingAndReading = (locked: RawBuilder<unknown>, read: RawBuilder<unknown>) => sql<Found>`
  with locked as materialized (${locking(locked)})
  select * from locked
  union all (${queueEntries
    .where('id', '=', anyOf(sql<number[]>`(${read})`))
    .where(sql<boolean>`id not in (select id from locked)`)})`;

const entriesOfOrders = (orders: Given<Named>) =>
  sql<number[]>`array(${db
    .selectFrom('app_order')
    .select('entry_id')
    .where('id', '=', anyOf(namedOrders(orders)))
    .where('entry_id', 'is not', null)})`;

/** The entries that a payment may end. */
const endedByPayment = (given: Given<Pick<OfTokens, 'paying'> & Named>) =>
  sql<number[]>`(${given.paying}::bigint[] || ${entriesOfOrders(given)})`;

/** A new order only changes an active entry that ends before the hold does, or that is not claimed; others need no lock. */
const changedByOrders = ({ booking, holdMs }: Given<Pick<OfTokens, 'booking' | 'holdMs'>>) =>
  sql<number[]>`array(${db
    .selectFrom('queue_entry')
    .select('id')
    .where('id', '=', anyOf(booking))
    .where(
      checkedAfterwards(sql`state = 'active'
        and (claimed_at is null or expires_at < now() + ${holdMs}::bigint * interval '1 ms')`),
    )})`;

type Ids = RawBuilder<readonly number[]>;

/** `limit` makes the planner look each pair up by index, whatever its statistics of the table. */
const openEntries = ({ users, queues }: { users: Ids; queues: Ids }) => sql`
  select entry.id from unnest(${users}::bigint[], ${queues}::int[]) as pair(user_id, queue_id)
  cross join lateral (
    select id, state from queue_entry
    where user_id = pair.user_id and queue_id = pair.queue_id and state in ('waiting', 'active')
    limit 1
  ) entry`;

/** Leaving ends any open entry. */
const endedByLeaving = (given: Given<Leaving>) =>
  sql<number[]>`array(${openEntries({ users: given.leavingUsers, queues: given.leavingQueues })})`;

/**
 * Entering ends an active entry that has expired. A waiting one is kept as it is, and so is not locked: the admission
 * passes over nobody, but waits behind a locked entry, and a user could hold the line up by entering again and again.
 */
const endedByEntering = (given: Given<Entering>) =>
  sql<number[]>`array(${openEntries({
    users: given.enteringUsers,
    queues: given.enteringQueues,
  })} where entry.state = 'active')`;

/** Those of users who enter that are waiting. They are read without a lock, so what is locked as well must not come from here. */
const keptByEntering = (given: Given<Entering>) =>
  sql<number[]>`array(${openEntries({
    users: given.enteringUsers,
    queues: given.enteringQueues,
  })} where entry.state = 'waiting')`;

/**
 * The ids are looked up first: conditions of several kinds, joined by `or`, could be checked on all open entries. An entry that
 * ends meanwhile is loaded as ended.
 */
const lockEntries = statement(
  'lock queue entries',
  (given: Given<Pick<OfTokens, 'paying'> & Named>) => locking(endedByPayment(given)),
);
const lockAndRead = statement('lock and read queue entries', (given: Given<OfTokens>) =>
  lockingAndReading(
    sql`${endedByPayment(given)} || ${changedByOrders(given)}`,
    sql`${given.booking}::bigint[]`,
  ),
);
const lockWithUsers = statement(
  'lock queue entries of users',
  (given: Given<OfTokens & Entering & Leaving>) =>
    lockingAndReading(
      sql`${endedByPayment(given)} || ${changedByOrders(given)}
        || ${endedByLeaving(given)} || ${endedByEntering(given)}`,
      sql`${given.booking}::bigint[] || ${keptByEntering(given)}`,
    ),
);

/** Locks the entries that commands may change, and reads those that they only look at. */
export async function lockQueueEntries(
  send: Send,
  { paying, isAnyPaying, booking, orders, entering, leaving, holdMs }: WantedEntries,
): Promise<Found[]> {
  const given = { paying, booking, ...orders, holdMs };
  if (entering.userIds.length + leaving.userIds.length > 0) {
    const users = {
      enteringUsers: entering.userIds,
      enteringQueues: entering.queueIds,
      leavingUsers: leaving.userIds,
      leavingQueues: leaving.queueIds,
    };
    return send(lockWithUsers({ ...given, ...users }));
  }
  if (booking.length > 0) return send(lockAndRead(given));
  return isAnyPaying ? send(lockEntries(given)) : [];
}
