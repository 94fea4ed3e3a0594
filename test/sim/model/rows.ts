/** Reads what the model is compared with: all rows that are not over. */
import type { CheckoutState } from '../../../src/domain/checkouts.ts';
import type { Engine } from '../postgres/engine.ts';

export interface LiveRows {
  points: { subject: string; balance: number }[];
  /** Times in ms since 1970. */
  orders: {
    id: number;
    state: 'held' | 'paid' | 'partly-refunded';
    total: number;
    holdExpiresAt: number;
  }[];
  seats: {
    id: number;
    state: 'available' | 'held' | 'sold';
    isBlocked: boolean;
    kind: number;
    scheduleId: number;
  }[];
  /** Those of live bookings; until when they are kept while they are held, in ms since 1970. */
  places: { bookingId: number; keptUntil: number | null }[];
  areas: { id: number; capacity: number; held: number; sold: number }[];
  checkouts: {
    id: number;
    state: CheckoutState;
    captured: number;
    refunding: number;
    refunded: number;
  }[];
  lanes: { name: string; epoch: number }[];
  /** Times in ms since 1970. */
  draws: {
    id: number;
    queueId: number;
    gathersAt: number;
    opensAt: number;
    drawnAt: number | null;
  }[];
  /** Those that have ended lately too. Times in ms since 1970. */
  entries: {
    id: number;
    queueId: number;
    number: number;
    /** The draw that gave it its number. */
    drawId: number | null;
    state: 'waiting' | 'active' | 'ended';
    skipped: boolean;
    admittedAt: number | null;
    expiresAt: number | null;
    endedAt: number | null;
  }[];
}

/** Entries that ended longer ago were compared before. */
const ENDED_LATELY = "interval '10 minutes'";

const list = (select: string) => `(select coalesce(json_agg(one), '[]') from (${select}) as one)`;
const epoch = (column: string) => `trunc(extract(epoch from ${column}) * 1000)`;

const LIVE_ROWS = `select
  ${list('select subject, balance from points join app_user on app_user.id = user_id')} as points,
  ${list(`select id, state, total, ${epoch('hold_expires_at')} as "holdExpiresAt"
    from app_order where is_live`)} as orders,
  ${list('select id, state, blocked_reason is not null as "isBlocked", kind, schedule_id as "scheduleId" from seat')} as seats,
  ${list(`select booking.id as "bookingId", ${epoch('coalesce(area_held_until, held_until)')} as "keptUntil"
    from booking left join seat on seat.id = seat_id where is_live`)} as places,
  ${list('select id, capacity, held, sold from area')} as areas,
  ${list('select id, state, captured, refunding, refunded from checkout')} as checkouts,
  ${list('select name, epoch from lane')} as lanes,
  ${list(`select id, queue_id as "queueId", ${epoch('gathers_at')} as "gathersAt",
    ${epoch('opens_at')} as "opensAt", ${epoch('drawn_at')} as "drawnAt" from draw`)} as draws,
  ${list(`select id, queue_id as "queueId", number, draw_id as "drawId", state, skipped_at is not null as skipped,
    ${epoch('admitted_at')} as "admittedAt", ${epoch('expires_at')} as "expiresAt",
    ${epoch('ended_at')} as "endedAt" from queue_entry
    where state <> 'ended' or ended_at > clock_timestamp() - ${ENDED_LATELY}`)} as entries`;

export function readLiveRows(engine: Engine): LiveRows {
  return engine.read<LiveRows>(LIVE_ROWS)[0] as LiveRows;
}
