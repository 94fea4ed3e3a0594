/**
 * Loads and locks the rows of a batch with one statement per table. Every transaction locks rows in the same order
 * (areas, seats, orders, checkouts, points, queue entries, numberings of queues, each by id), so lanes that need the same rows wait
 * and never deadlock.
 *
 * The statements are built once, because `em.find` takes four times as long for the 256 rows of a full batch
 * (docs/decisions/0005).
 */
import type { Send } from '../../src/db/connection/pipeline.ts';
import type { Needs, RunningCommand } from '../handlers/handler.ts';
import { findAdjacentSeats } from './best-seats/find-adjacent-seats.ts';
import type { ScheduleRanges } from './best-seats/schedule-ranges.ts';
import { distinct } from './distinct.ts';
import { findFailedRefunds } from './money/find-failed-refunds.ts';
import { loadCalls } from './money/load-calls.ts';
import { loadBegunCheckouts, loadCheckouts } from './money/load-checkouts.ts';
import { loadOperatorRows } from './operators/load-operator-rows.ts';
import type { WantedAreas } from './orders/expired-places.ts';
import { loadOrders } from './orders/load-orders.ts';
import { loadSchedules } from './orders/load-schedules.ts';
import type { Named } from './orders/lock-seats.ts';
import { expectPoints, loadPoints } from './points/load-points.ts';
import { loadQueueEntries, type UsersInQueues } from './queue/load-queue-entries.ts';
import { loadNumberings } from './queue/load-queues.ts';
import { Rows } from './rows.ts';

/** Which areas a batch locks beside those that its commands want. */
export interface AreaLocks {
  /** Whether those of the orders that commands name or may end. */
  locksAreas: boolean;
  areaIds: readonly number[];
}

/** A command and the rows it needs. */
export interface Needing {
  command: RunningCommand;
  needs: Needs;
}

interface LoadSettings extends AreaLocks {
  holdMs: number;
  userIds: ReadonlyMap<string, number>;
  scheduleRanges: ScheduleRanges;
}

/**
 * Loads and locks the rows that the commands of a batch need.
 * @param holdMs how long a new hold lasts
 * @param locksAreas whether to lock the areas of the orders that commands name or may end
 * @param areaIds further areas to lock
 * @param userIds the ids of the users that commands name, by subject
 * @param scheduleRanges the ranges that the process remembers
 */
export async function loadRows(
  send: Send,
  batch: readonly Needing[],
  { holdMs, locksAreas, areaIds, userIds, scheduleRanges }: LoadSettings,
): Promise<Rows> {
  const rows = new Rows();
  rows.subjects = userIds;
  const orderIds = distinct(batch.flatMap(({ needs }) => needs.orderIds ?? []));
  const bookingIds = distinct(batch.flatMap(({ needs }) => needs.bookingIds ?? []));
  const ticketIds = distinct(batch.flatMap(({ needs }) => needs.ticketIds ?? []));
  rows.adjacentSeats = await findAdjacentSeats(send, batch, scheduleRanges);
  rows.money.failedRefunds = await findFailedRefunds(send, batch);
  const seatIds = distinct([
    ...batch.flatMap(({ needs }) => needs.seatIds ?? []),
    ...[...rows.adjacentSeats.choices.values()].flat(2),
  ]);
  const usersWith = (need: keyof Needs) =>
    distinct(batch.filter(({ needs }) => needs[need]).map(({ command }) => command.userId));
  const withToken = (use: Needs['queueToken']) =>
    batch.filter(({ needs }) => needs.queueToken === use).map(({ command }) => command);
  const tokens = (use: Needs['queueToken']) =>
    distinct(withToken(use).flatMap(({ entryId }) => entryId ?? []));

  const scheduleIds = distinct(
    batch.flatMap(({ needs: { adjacentSeats, areas, scheduleId } }) => [
      ...(adjacentSeats ? [adjacentSeats.scheduleId] : []),
      ...(areas && scheduleId !== undefined ? [scheduleId] : []),
    ]),
  );
  const books = seatIds.length > 0 || scheduleIds.length > 0;
  const ordersOfOwners = distinct(
    batch.flatMap(({ needs }) => (needs.pointsOfOwners ? (needs.orderIds ?? []) : [])),
  );
  const refundsOfPayers = distinct(
    batch.flatMap(({ needs }) => (needs.pointsOfOwners ? (needs.refunds?.ids ?? []) : [])),
  );
  const limited = { seatIds, scheduleIds, userIds: books ? usersWith('seatLimit') : [] };

  // Each function sends its statements before it awaits a result, so PostgreSQL takes the locks in this order.
  await Promise.all([
    loadOrders(send, rows, {
      ...limited,
      ...wantedAreas(batch, areaIds),
      orderIds,
      bookingIds,
      ticketIds,
      checked: checkedOrders(batch),
      locksAreas,
    }),
    loadCheckouts(send, rows, batch),
    loadPoints(send, rows, {
      userIds: distinct([...usersWith('points'), ...namedUsers(batch, userIds)]),
      ownersOf: ordersOfOwners,
      payersOf: refundsOfPayers,
    }),
    loadBegunCheckouts(send, rows, usersWith('checkoutsOfUser')),
    loadQueueEntries(send, rows, {
      paying: tokens('pay'),
      payers: distinct(withToken('pay').map(({ userId }) => userId)),
      booking: tokens('book'),
      orders: { orderIds, bookingIds },
      entering: usersInQueues(batch, 'enter'),
      leaving: usersInQueues(batch, 'leave'),
      holdMs,
    }),
    loadNumberings(
      send,
      rows,
      distinct(batch.flatMap(({ needs }) => needs.openEntryIn?.queueId ?? [])),
    ),
    loadOperatorRows(send, rows, batch),
    loadCalls(send, rows, batch),
  ]);
  for (const orderId of ordersOfOwners) expectPoints(rows, rows.orders.get(orderId)?.userId);
  for (const refundId of refundsOfPayers) {
    const { checkoutId = 0 } = rows.money.refunds.get(refundId) ?? {};
    expectPoints(rows, rows.money.checkouts.get(checkoutId)?.userId);
  }
  await loadSchedules(send, rows, batch);
  return rows;
}

/** How many places the commands want in all, by area; none of the further areas. */
function wantedAreas(batch: readonly Needing[], further: readonly number[]): WantedAreas {
  const wanted = new Map(further.map((areaId) => [areaId, 0]));
  for (const { areaId, quantity } of batch.flatMap(({ needs }) => needs.areas ?? [])) {
    wanted.set(areaId, (wanted.get(areaId) ?? 0) + quantity);
  }
  return { areaIds: [...wanted.keys()], places: [...wanted.values()] };
}

/** The orders whose check-ins decide about a command. Payments in the same batch have no use for them. */
function checkedOrders(batch: readonly Needing[]): Named {
  const checked = batch.map(({ needs }) => needs).filter(({ checkIns }) => checkIns);
  return {
    orderIds: distinct(checked.flatMap(({ orderIds }) => orderIds ?? [])),
    bookingIds: distinct([
      ...checked.flatMap(({ bookingIds }) => bookingIds ?? []),
      ...batch.flatMap(({ needs }) => needs.ticketIds ?? []),
    ]),
  };
}

/** The users that commands name by their subjects. */
function namedUsers(batch: readonly Needing[], userIds: ReadonlyMap<string, number>): number[] {
  const subjects = batch.flatMap(({ needs }) => needs.subjects ?? []);
  return subjects.flatMap((subject) => userIds.get(subject) ?? []);
}

/** The users who enter or leave, each with the queue. The same pair may come twice. */
function usersInQueues(batch: readonly Needing[], use: 'enter' | 'leave'): UsersInQueues {
  const found = batch.filter(({ needs }) => needs.openEntryIn?.use === use);
  return {
    userIds: found.map(({ command }) => command.userId),
    queueIds: found.map(({ needs }) => needs.openEntryIn?.queueId ?? 0),
  };
}
