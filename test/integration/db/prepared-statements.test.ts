/** PostgreSQL accepts every statement of src/db, and a connection that has sent them all holds few prepared statements. */
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  BOOKING_STATES,
  ORDER_STATES,
  SEAT_STATES,
} from '../../../src/commands/schemas/resources.ts';
import { checkDatabase, type Database } from '../../../src/db/connection/orm.ts';
import { checkLaneCounts } from '../../../src/db/lanes/counts.ts';
import { notePresence } from '../../../src/db/presence.ts';
import { readScheduleFigures } from '../../../src/db/reads/board.ts';
import { listBookings } from '../../../src/db/reads/bookings.ts';
import { findConcert, listConcerts } from '../../../src/db/reads/catalogue/concerts.ts';
import { listEvents } from '../../../src/db/reads/catalogue/events.ts';
import { findConcertImage } from '../../../src/db/reads/catalogue/images.ts';
import {
  listBookableSchedules,
  listSchedules,
  readPerformances,
} from '../../../src/db/reads/catalogue/schedules.ts';
import { DatabaseClock } from '../../../src/db/reads/clock.ts';
import { readLaneOwnership } from '../../../src/db/reads/lane-owners.ts';
import { CheckoutReader, findRefundJob } from '../../../src/db/reads/money/checkouts.ts';
import { findOrder, listOrders } from '../../../src/db/reads/orders.ts';
import { readAreas, readAreasOfEach } from '../../../src/db/reads/places/areas.ts';
import { countAvailableSeats } from '../../../src/db/reads/places/available-seats.ts';
import { findHall, findHallVersion, listHalls } from '../../../src/db/reads/places/halls.ts';
import { readBlockedReasons, seatReads } from '../../../src/db/reads/places/seats.ts';
import { listHistory, readBalance } from '../../../src/db/reads/points.ts';
import { readQueueCounters } from '../../../src/db/reads/queue/counters.ts';
import {
  type DrawView,
  findDraw,
  findDrawById,
  listDrawnEntries,
} from '../../../src/db/reads/queue/draws.ts';
import { OpenEntryReader } from '../../../src/db/reads/queue/entries.ts';
import { readLineBlocks } from '../../../src/db/reads/queue/line.ts';
import { readSessionEnds } from '../../../src/db/reads/queue/session-ends.ts';
import { ReceiptReader } from '../../../src/db/reads/receipts.ts';
import { readStock } from '../../../src/db/reads/stock.ts';
import { TimelineWatch } from '../../../src/db/reads/timeline.ts';
import { readLiveWebhooks } from '../../../src/db/reads/webhooks.ts';
import { wholeReads } from '../../support/plans.ts';
import { PREPARED_MAX, preparedOn } from '../../support/prepared-statements.ts';
import { openClone } from '../../support/services/database.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const DECLARED = /\bstatement\(\s*'([^']+)'/g;

let orm: Database;
beforeAll(async () => {
  orm = await openClone();
});
afterAll(() => orm.close());

/** The statement names in src/db, including those per state. */
function declaredNames(): string[] {
  const files = globSync('src/db/**/*.ts', { cwd: ROOT });
  const texts = files.map((file) => readFileSync(resolve(ROOT, file), 'utf8'));
  const named = texts.flatMap((text) => [...text.matchAll(DECLARED)].map(([, name = '']) => name));
  return [...named, ...SEAT_STATES.map((state) => `seats that are ${state}`)].toSorted();
}

/** Runs every read of the API process. */
async function readEverything(): Promise<void> {
  const subject = 'ada';
  const page = { from: '2026-01-01T00:00:00.000Z', to: undefined, limit: 10 };
  const before = { createdAtUs: 1, id: 1 };
  for (const state of [undefined, ...BOOKING_STATES]) {
    await listBookings(orm, { subject, state, limit: 10, before: undefined });
    await listBookings(orm, { ...page, subject, state, before });
  }
  for (const state of [undefined, ...ORDER_STATES]) {
    await listOrders(orm, { subject, state, limit: 10, before: undefined });
    await listOrders(orm, { ...page, subject, state, before });
  }
  await findOrder(orm, { subject, orderId: 1 });
  for (const kind of [undefined, 'use'] as const) {
    const open = { from: undefined, to: undefined, before: undefined, limit: 10 };
    await listHistory(orm, { ...open, subject, kind });
    await listHistory(orm, { ...page, subject, kind, before });
  }
  for (const after of [undefined, { startAtUs: 1, id: 1 }]) {
    await listSchedules(orm, { ...page, concertId: 1, after });
    await listConcerts(orm, { before: after?.id, limit: 10 });
  }
  await listBookableSchedules(orm, { ...page, concertId: 1, after: 0 });
  await findConcert(orm, 1);
  for (const after of [undefined, { startAtUs: 1, id: 1 }]) {
    await listEvents(orm, { text: 'gala', ...page, after });
  }
  await findConcertImage(orm, 1);
  await readPerformances(orm, [1]);
  await countAvailableSeats(orm, [1]);
  await listHalls(orm, { before: undefined, limit: 10 });
  await findHall(orm, 1);
  await findHallVersion(orm, { hallId: 1, version: 1 });
  await findDraw(orm, 1);
  const draw = { id: 1, drawnAt: '2026-11-27T10:00:00.000Z' } as DrawView;
  await findDrawById(orm, 1);
  await listDrawnEntries(orm, { draw, after: 0, limit: 10 });
  await readBalance(orm, subject);
  await readQueueCounters(orm);
  await readSessionEnds(orm, { queueIds: [1], sessionMs: 300_000 });
  const entries = new OpenEntryReader(orm);
  await entries.ofUser({ subject, queueId: 1 });
  await entries.activeUntil(1);
  await entries.endOf({ subject, queueId: 1 });
  await new ReceiptReader(orm).find('receipt');
  await new CheckoutReader(orm).find(1);
  await findRefundJob(orm, 1);
  const seats = seatReads(orm);
  await seats.fixedSeats(1);
  await seats.states(1);
  for (const state of SEAT_STATES) await seats.idsInState(1, state);
  await readBlockedReasons(orm, 1);
  await readAreas(orm, 1);
  await readAreasOfEach(orm, [1, 2]);
  await readStock(orm, 1);
  await readLiveWebhooks(orm, [1]);
  await notePresence(orm, {
    near: [1],
    far: [1],
    claimed: [1],
    returned: [{ id: 1, queueId: 1 }],
  });
  await readLineBlocks(orm, [{ queueId: 1, users: -1, system: -1 }]);
  await readScheduleFigures(orm);
  await readLaneOwnership(orm);
  await checkLaneCounts(orm, []);
  await checkDatabase(orm);
  await new DatabaseClock(orm).measure();
  const timeline = new TimelineWatch(orm, () => undefined);
  await timeline.start();
  timeline.stop();
}

test('a connection of the API holds each statement once after all reads, with every filter', async () => {
  await readEverything();
  await readEverything();
  const prepared = await preparedOn(orm);
  expect(prepared.toSorted()).toEqual(declaredNames());
  expect(prepared.length).toBeLessThanOrEqual(PREPARED_MAX);
});

test('reads find rows by a condition on an index, whatever plan was made while the tables were empty', async () => {
  await readEverything();
  // What is left is read whole on purpose: it is counted, or has few rows.
  const unexpected = (await wholeReads(orm)).filter(
    (read) => !/: (lane|lane_pkey|waiting_queue_pkey)$|^queue counters: queue_entry_/.test(read),
  );
  expect(unexpected).toEqual([]);
});
