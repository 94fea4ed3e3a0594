/** Loads queue entries: those that commands name by a queue token or an order, and those of their users. */
import { type InferResult, type RawBuilder, sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, checkedAfterwards, db, type Given, statement } from '../../../src/db/statement.ts';
import { namedOrders } from '../orders/lock-seats.ts';
import type { Rows } from '../rows.ts';

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
  /** The users of commands that pay, also of those without a token, which may end the entries of their orders. */
  payers: readonly number[];
  /** The entries of the tokens of commands that book. */
  booking: readonly number[];
  /** The orders that commands name, themselves or by a booking. The entry of an order never changes. */
  orders: { orderIds: readonly number[]; bookingIds: readonly number[] };
  entering: UsersInQueues;
  leaving: UsersInQueues;
  /** How long a new hold lasts, in ms. */
  holdMs: number;
}

type Orders = WantedEntries['orders'];
type Named = Pick<WantedEntries, 'paying' | 'booking' | 'holdMs'> & Orders;

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

const entriesOfOrders = (orders: Given<Orders>) =>
  sql<number[]>`array(${db
    .selectFrom('app_order')
    .select('entry_id')
    .where('id', '=', anyOf(namedOrders(orders)))
    .where('entry_id', 'is not', null)})`;

/** The entries that a payment may end. */
const endedByPayment = (given: Given<Pick<Named, 'paying'> & Orders>) =>
  sql<number[]>`(${given.paying}::bigint[] || ${entriesOfOrders(given)})`;

/** A new order only changes an active entry that ends before the hold does, or that is not claimed; others need no lock. */
const changedByOrders = ({ booking, holdMs }: Given<Pick<Named, 'booking' | 'holdMs'>>) =>
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
  (given: Given<Pick<Named, 'paying'> & Orders>) => locking(endedByPayment(given)),
);
const lockAndRead = statement('lock and read queue entries', (given: Given<Named>) =>
  lockingAndReading(
    sql`${endedByPayment(given)} || ${changedByOrders(given)}`,
    sql`${given.booking}::bigint[]`,
  ),
);
const lockWithUsers = statement(
  'lock queue entries of users',
  (given: Given<Named & Entering & Leaving>) =>
    lockingAndReading(
      sql`${endedByPayment(given)} || ${changedByOrders(given)}
        || ${endedByLeaving(given)} || ${endedByEntering(given)}`,
      sql`${given.booking}::bigint[] || ${keptByEntering(given)}`,
    ),
);
/**
 * Sent after the entries were locked, so that it finds every order that was placed before. The payer is the user of the order
 * and of its entry, or is refused before. A user holds few orders, so those of other entries cost less than to look up which
 * entries the payments may end.
 */
const readHeldOrders = statement(
  'held orders of payers',
  ({ payers }: Given<Pick<WantedEntries, 'payers'>>) =>
    db
      .selectFrom('app_order')
      .select(['id', 'entry_id as entryId', 'hold_expires_at as holdExpiresAt'])
      .where('user_id', '=', anyOf(payers))
      .where('state', '=', sql.lit('held')),
);

export async function loadQueueEntries(
  send: Send,
  rows: Rows,
  { paying, payers, booking, orders, entering, leaving, holdMs }: WantedEntries,
): Promise<void> {
  const given = { paying, booking, ...orders, holdMs };
  const users = {
    enteringUsers: entering.userIds,
    enteringQueues: entering.queueIds,
    leavingUsers: leaving.userIds,
    leavingQueues: leaving.queueIds,
  };
  const isOfUsers = entering.userIds.length + leaving.userIds.length > 0;
  const lock = () => {
    if (isOfUsers) return send(lockWithUsers({ ...given, ...users }));
    if (booking.length > 0) return send(lockAndRead(given));
    return payers.length > 0 ? send(lockEntries(given)) : [];
  };
  const [entries] = await Promise.all([
    lock(),
    payers.length > 0 ? loadHeldOrders(send, rows, payers) : undefined,
  ]);
  for (const entry of entries) rows.queueEntries.load(entry);
}

async function loadHeldOrders(send: Send, rows: Rows, payers: readonly number[]): Promise<void> {
  const found = await send(readHeldOrders({ payers }));
  rows.heldOrders = Map.groupBy(found, ({ entryId }) => entryId);
}
