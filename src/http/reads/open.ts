/** What an API process keeps in memory of lists that are the same for all users. */
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { Database } from '../../db/connection/orm.ts';
import { readPerformances } from '../../db/reads/catalogue/schedules.ts';
import { countAvailableSeats } from '../../db/reads/places/available-seats.ts';
import { countEntered } from '../../db/reads/tickets/check-ins.ts';
import { EnteredCounts } from '../tickets/entered-counts.ts';
import { CatalogueCache } from './catalogue-cache.ts';
import { Performances } from './performances.ts';
import { SeatCounts } from './seat-counts.ts';

/** @param now PostgreSQL's time */
export function openReads(orm: Database, now: () => EpochMs) {
  return {
    catalogue: new CatalogueCache(now),
    seatCounts: new SeatCounts((scheduleIds) => countAvailableSeats(orm, scheduleIds)),
    enteredCounts: new EnteredCounts((scheduleId) => countEntered(orm, scheduleId)),
    performances: new Performances(async (id) => (await readPerformances(orm, [id])).get(id)),
  };
}
