/** The invariants of waiting queues and their entries. */
import type { Check } from './check.ts';

/** Entries per queue. */
const entries = `
  select queue_id, count(*) filter (where state = 'waiting') as waiting, max(number) as last
  from queue_entry group by queue_id`;

/** As in src/domain/queue-entries.ts: ids of entries of one queue are that far from those of the next. */
const NUMBERS_PER_QUEUE = '68719476736::bigint';

/** Orders whose entry cannot have been deleted. Those of version 0.1.0 name none. */
const recentOrder = `entry_id is not null and app_order.created_at > now() - interval '6 days'`;

const drawnBefore = 'select queue_id from draw where drawn_at is not null and closed_at is null';

export const queueChecks: readonly Check[] = [
  {
    promise: 'A user has at most one open entry in each queue',
    counted: `select count(*) from queue_entry where state in ('waiting', 'active')`,
    wrong: `
      select format('user %s has %s open entries in queue %s', user_id, count(*), queue_id)
      from queue_entry where state in ('waiting', 'active')
      group by user_id, queue_id having count(*) > 1`,
  },
  {
    promise: 'An active queue entry lasts at least as long as what is held with it',
    counted: `select count(*) from app_order where state = 'held' and entry_id is not null`,
    wrong: `
      select format('queue entry %s ends at %s, the hold of order %s at %s', queue_entry.id, expires_at,
        app_order.id, hold_expires_at)
      from app_order join queue_entry on queue_entry.id = entry_id and queue_entry.state = 'active'
      where app_order.state = 'held' and hold_expires_at > expires_at`,
  },
  {
    // An entry is deleted a week after its end, which comes after its orders. Servers of PostgreSQL may differ by seconds.
    promise: 'Whoever placed an order had been admitted before',
    counted: `select count(*) from app_order where ${recentOrder}`,
    wrong: `
      select format('order %s of %s was placed with entry %s, admitted at %s', app_order.id, created_at, entry_id,
        coalesce(admitted_at::text, 'no time'))
      from app_order left join queue_entry on queue_entry.id = entry_id
      where ${recentOrder} and (admitted_at is null or admitted_at > created_at + interval '1 minute')`,
  },
  {
    promise: 'An order names the queue of the entry with which it was placed, and its user',
    counted: `select count(*) from app_order join queue_entry on queue_entry.id = entry_id`,
    wrong: `
      select format('order %s of queue %s and user %s names entry %s of queue %s and user %s', app_order.id,
        app_order.queue_id, app_order.user_id, queue_entry.id, queue_entry.queue_id, queue_entry.user_id)
      from app_order join queue_entry on queue_entry.id = entry_id
      where app_order.queue_id <> queue_entry.queue_id or app_order.user_id <> queue_entry.user_id`,
  },
  {
    promise: 'No ended queue entry is active, and none was admitted before the user entered',
    counted: `select count(*) from queue_entry where admitted_at is not null`,
    wrong: `
      select format('queue entry %s is %s', id, state) from queue_entry
      where (state = 'active' and ended_at is not null) or admitted_at < entered_at`,
  },
  {
    promise: 'No two entries of a queue have the same number',
    counted: `select count(*) from queue_entry`,
    wrong: `
      select format('%s entries of queue %s have the number %s', count(*), queue_id, number)
      from queue_entry group by queue_id, number having count(*) > 1`,
  },
  {
    promise: 'Each queue counts its waiting entries correctly, and has numbered every entry',
    counted: `select count(*) from waiting_queue`,
    wrong: `
      select format('queue %s counts %s entries, %s are waiting; the last number is %s', coalesce(id, found.queue_id),
        added - numbering.removed - waiting_queue.removed, coalesce(waiting, 0), last_number)
      from waiting_queue left join queue_numbering numbering on numbering.queue_id = id
      full join (${entries}) found on found.queue_id = id
      where id is null or numbering.queue_id is null or added - numbering.removed - waiting_queue.removed <> coalesce(waiting, 0)
        or last_number < coalesce(last, 0)`,
  },
  {
    // The counts of the house queue began with the version that has many queues. Draws of older versions reserved no numbers.
    promise:
      'No number of a queue was left out: it has assigned as many as it has added entries and draws have reserved',
    counted: `select count(*) from waiting_queue`,
    wrong: `
      select format('queue %s has added %s entries, and draws have reserved %s numbers; its last number is %s', queue_id,
        added, reserved, last_number)
      from queue_numbering cross join lateral (
        select coalesce(sum(reserved), 0) as reserved from draw where draw.queue_id = queue_numbering.queue_id) draws
      where queue_id <> 1 and last_number <> added + reserved and queue_id not in (${drawnBefore})`,
  },
  {
    promise: 'The id of a queue entry tells its queue, and the number that it had at first',
    counted: `select count(*) from queue_entry`,
    wrong: `
      select format('entry %s of queue %s has the number %s, and at first %s', id, queue_id, number, ticket)
      from queue_entry cross join lateral (select id - (queue_id - 1) * ${NUMBERS_PER_QUEUE} as first) from_id
      where first not between 1 and number or (first <> coalesce(ticket, number) and queue_id not in (${drawnBefore}))`,
  },
];
