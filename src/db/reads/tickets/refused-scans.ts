/** Lists the scans that were refused after a gate without a network had let the holder in. For operators, so it is not prepared. */
import type { RefusedScan } from '../../../commands/schemas/gates.ts';
import { areaName } from '../../area-name.ts';
import type { Database } from '../../connection/orm.ts';
import { rowsOf } from '../../connection/pipeline.ts';
import { db, unprepared } from '../../statement.ts';

export interface RefusedScanPage {
  scheduleId: number;
  /** The id of the last scan of the previous page. */
  before: number | undefined;
  limit: number;
}

/** Up to `limit + 1` scans, newest first; the extra one shows that there is a next page. */
export async function listRefusedScans(
  orm: Database,
  { scheduleId, before, limit }: RefusedScanPage,
): Promise<RefusedScan[]> {
  const page = db
    .selectFrom('refused_scan')
    .selectAll()
    .where('schedule_id', '=', scheduleId)
    .where('id', '<', before ?? Number.MAX_SAFE_INTEGER)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  const found = await rowsOf(
    orm,
    unprepared(
      db
        .selectFrom(page.as('found'))
        .innerJoin('app_user', 'app_user.id', 'found.user_id')
        .leftJoin('booking', 'booking.id', 'found.ticket_id')
        .leftJoin('seat', 'seat.id', 'booking.seat_id')
        .select(['found.id', 'ticket_id as ticketId', 'found.gate', 'app_user.subject'])
        .select(['found.reason', 'used_at as usedAt', 'used_gate as usedGate'])
        .select(['scanned_at as scannedAt', 'found.at'])
        .select(['booking.order_id as orderId', 'booking.area_id as areaId'])
        .select(['section', 'row_name as row', 'number as seatNumber'])
        .select(areaName.as('areaName'))
        .orderBy('found.id', 'desc'),
    ),
  );
  return found.map(({ section, row, seatNumber, areaId, areaName, ...scan }) => ({
    ...scan,
    usedAt: scan.usedAt?.toISOString() ?? null,
    scannedAt: scan.scannedAt.toISOString(),
    at: scan.at.toISOString(),
    seat: { section, row, seatNumber, areaId, areaName },
  }));
}
