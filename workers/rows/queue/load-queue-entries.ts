/** Loads queue entries, and the row of `waiting_queue` that numbers and counts them. */
import { sql } from 'kysely';
import type { Send } from '../../../src/db/connection/pipeline.ts';
import { anyOf, checkedAfterwards, db, type Given, statement } from '../../../src/db/statement.ts';
import { namedOrders } from '../orders/lock-seats.ts';
import type { Rows } from '../rows.ts';

const queueEntries = db
  .selectFrom('queue_entry')
  .select([
    'number',
    'user_id as userId',
    'state',
    'entered_at as enteredAt',
    'expires_at as expiresAt',
    'claimed_at as claimedAt',
    'booking_until as bookingUntil',
    'ended_at as endedAt',
    'end_reason as endReason',
    'job_id as jobId',
  ]);

export interface WantedEntries {
  /** The entries of the tokens of commands that pay. */
  paying: readonly number[];
  /** The entries of the tokens of commands that book. */
  booking: readonly number[];
  /** The orders that commands name, themselves or by a booking. The entry of an order never changes. */
  orders: { orderIds: readonly number[]; bookingIds: readonly number[] };
  /** The users whose open entries are locked. */
  userIds: readonly number[];
  /** How long a new hold lasts, in ms. */
  holdMs: number;
}

interface Numbers {
  numbers: readonly number[];
}

type Locked = Pick<WantedEntries, 'paying' | 'booking' | 'userIds' | 'holdMs'> &
  WantedEntries['orders'];

const entriesOfOrders = (orders: Given<WantedEntries['orders']>) =>
  sql<number[]>`array(${db
    .selectFrom('app_order')
    .select('entry_number')
    .where('id', '=', anyOf(namedOrders(orders)))
    .where('entry_number', 'is not', null)})`;

/** The entries that a payment may end. */
const endedByPayment = (given: Given<Pick<Locked, 'paying' | 'orderIds' | 'bookingIds'>>) =>
  sql<number[]>`(${given.paying}::bigint[] || ${entriesOfOrders(given)})`;

/** A new order only changes an active entry that ends before the hold does, or that is not claimed; others need no lock. */
const changedByOrders = ({ booking, holdMs }: Given<Pick<Locked, 'booking' | 'holdMs'>>) =>
  sql<number[]>`array(${db
    .selectFrom('queue_entry')
    .select('number')
    .where('number', '=', anyOf(booking))
    .where(
      checkedAfterwards(sql`state = 'active'
        and (claimed_at is null or expires_at < now() + ${holdMs}::bigint * interval '1 ms')`),
    )})`;

/**
 * The numbers are looked up first: conditions of several kinds, joined by `or`, could be checked on all open entries. The
 * users' entries are found by the user, because a draw may change their numbers while they are awaited. An entry of a user
 * that ends meanwhile is left out; one that was found by its number is loaded as ended.
 */
const lockEntries = statement('lock queue entries', (given: Given<Locked>) =>
  queueEntries
    .where((entry) =>
      entry.or([
        entry(
          'number',
          '=',
          anyOf(sql<number[]>`(${endedByPayment(given)} || ${changedByOrders(given)})`),
        ),
        entry('user_id', '=', anyOf(given.userIds)).and(
          sql<boolean>`state in ('waiting', 'active')`,
        ),
      ]),
    )
    .orderBy('number')
    .forUpdate(),
);
const readEntries = statement('read queue entries', ({ numbers }: Given<Numbers>) =>
  queueEntries.where('number', '=', anyOf(numbers)),
);
/** Sent after the entries were locked, so that it finds every order that was placed before. */
const readHeldOrders = statement(
  'held orders of queue entries',
  (given: Given<Pick<Locked, 'paying'> & WantedEntries['orders']>) =>
    db
      .selectFrom('app_order')
      .select(['id', 'entry_number as entryNumber', 'hold_expires_at as holdExpiresAt'])
      .where('live_state', '=', sql.lit('held'))
      .where('entry_number', '=', anyOf(endedByPayment(given))),
);

export async function loadQueueEntries(
  send: Send,
  rows: Rows,
  { paying, booking, orders, userIds, holdMs }: WantedEntries,
): Promise<void> {
  const isAnyLocked = paying.length + booking.length + userIds.length > 0;
  const found = await Promise.all([
    isAnyLocked ? send(lockEntries({ paying, booking, ...orders, userIds, holdMs })) : [],
    booking.length > 0 ? send(readEntries({ numbers: booking })) : [],
    userIds.length > 0 ? loadWaitingQueue(send, rows) : [],
    paying.length > 0 ? loadHeldOrders(send, rows, { paying, ...orders }) : [],
  ]);
  for (const entry of found.flat()) rows.queueEntries.load(entry);
}

async function loadHeldOrders(
  send: Send,
  rows: Rows,
  given: Pick<Locked, 'paying'> & WantedEntries['orders'],
): Promise<[]> {
  const found = await send(readHeldOrders(given));
  rows.heldOrders = Map.groupBy(found, ({ entryNumber }) => entryNumber);
  return [];
}

const lockWaitingQueue = statement('lock the waiting queue', () =>
  db
    .selectFrom('waiting_queue')
    .select([
      'id',
      'last_number as lastNumber',
      'waiting',
      'is_paused as isPaused',
      'admit_limit as admitLimit',
      'admit_window_ms as admitWindowMs',
      'max_active as maxActive',
    ])
    .forUpdate(),
);

async function loadWaitingQueue(send: Send, rows: Rows): Promise<[]> {
  const [queue] = await send(lockWaitingQueue({}));
  if (!queue) throw new Error('The table waiting_queue has no row.');
  rows.waitingQueue = { ...queue, isChanged: false };
  return [];
}
