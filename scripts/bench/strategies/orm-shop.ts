/**
 * The shop written with MikroORM as usual: entities in a unit of work and a transaction, with one of four ways to lock
 * rows. Redis locks are wrapped around it (redis-locks.ts).
 */
import { defineEntity, LockMode, MikroORM, OptimisticLockError, p } from '@mikro-orm/postgresql';
import { AppOrder } from '../../../src/db/entities/app-order.ts';
import { Booking } from '../../../src/db/entities/booking.ts';
import { entities } from '../../../src/db/entities/index.ts';
import { Payment } from '../../../src/db/entities/payment.ts';
import { PointHistory } from '../../../src/db/entities/point-history.ts';
import { Points } from '../../../src/db/entities/points.ts';
import { Seat } from '../../../src/db/entities/seat.ts';
import { HOLD_MS, madeUpJobId, ok, type Reply, refused, type Shop } from './shop.ts';

/** The same tables with the version column for optimistic locks, which contestants.ts adds. */
const VersionedPoints = defineEntity({
  name: 'VersionedPoints',
  tableName: 'points',
  properties: {
    user: p.bigint('number').primary().fieldName('user_id'),
    balance: p.bigint('number'),
    version: p.integer().version(),
  },
});
const VersionedSeat = defineEntity({
  name: 'VersionedSeat',
  tableName: 'seat',
  properties: {
    id: p.bigint('number').primary(),
    schedule: p.bigint('number').fieldName('schedule_id'),
    price: p.integer(),
    state: p.string(),
    heldUntil: p.datetime().columnType('timestamptz').nullable(),
    version: p.integer().version(),
  },
});

/**
 * `row`: SELECT … FOR UPDATE. `shared`: SELECT … FOR SHARE, and PostgreSQL ends all but one of those who want to write. `version`: a write
 * fails if the row has changed. `none`: a Redis lock protects the row.
 */
export type RowLock = 'row' | 'shared' | 'version' | 'none';

const LOCK_MODES = {
  row: { lockMode: LockMode.PESSIMISTIC_WRITE },
  shared: { lockMode: LockMode.PESSIMISTIC_READ },
  version: {},
  none: {},
};

const CONNECTIONS_MAX = 10;
/** Unique violation, serialization failure, deadlock. */
const CONFLICT_CODES = new Set(['23505', '40001', '40P01']);

export async function openOrmShop(databaseUrl: string, lock: RowLock): Promise<Shop> {
  const orm = await MikroORM.init({
    clientUrl: databaseUrl,
    entities: [...entities, VersionedPoints, VersionedSeat],
    discovery: { checkDuplicateTableNames: false },
    pool: { min: 0, max: CONNECTIONS_MAX, idleTimeoutMillis: 60_000 },
  });
  const locking = LOCK_MODES[lock];
  const PointsRow = (lock === 'version' ? VersionedPoints : Points) as typeof Points;
  const SeatRow = (lock === 'version' ? VersionedSeat : Seat) as typeof Seat;
  const sql = (text: string, values: unknown[]) => orm.em.getConnection().execute(text, values);

  const shop: Shop = {
    charge: (userId, amount) =>
      orm.em.fork().transactional(async (em) => {
        const points = await em.findOneOrFail(PointsRow, { user: userId }, locking);
        points.balance += amount;
        const { balance } = points;
        const line = { userId, kind: 'charge', amount, balance } as const;
        em.create(PointHistory, { ...line, jobId: madeUpJobId(), createdAt: new Date() });
        return ok({ balance });
      }),
    book: (userId, seatId) =>
      orm.em.fork().transactional(async (em) => {
        const seat = await em.findOne(SeatRow, { id: seatId }, locking);
        if (!seat) return refused('SEAT_NOT_FOUND', 404);
        if (seat.state !== 'available') return refused('SEAT_ALREADY_HELD');
        const now = new Date();
        const holdExpiresAt = new Date(now.getTime() + HOLD_MS);
        seat.state = 'held';
        seat.heldUntil = holdExpiresAt;
        const order = em.create(AppOrder, {
          userId,
          concertId: 1,
          scheduleId: seat.schedule as number,
          queueId: 1,
          state: 'held',
          total: seat.price,
          holdExpiresAt,
          createdAt: now,
          jobId: madeUpJobId(),
        });
        await em.flush();
        const booking = em.create(Booking, {
          orderId: order.id,
          userId,
          concertId: 1,
          scheduleId: seat.schedule,
          seat: seatId,
          price: seat.price,
          holdExpiresAt,
          createdAt: now,
          jobId: madeUpJobId(),
        });
        await em.flush();
        return ok({ id: booking.id, seatId, price: seat.price, state: 'held', holdExpiresAt });
      }),
    pay: (userId, bookingId) =>
      orm.em.fork().transactional(async (em) => {
        const booking = await em.findOne(Booking, { id: bookingId }, locking);
        if (!booking) return refused('BOOKING_NOT_FOUND', 404);
        if (booking.userId !== userId) return refused('NOT_BOOKING_OWNER', 403);
        const seat = await em.findOneOrFail(SeatRow, { id: booking.seat as number }, locking);
        const order = await em.findOneOrFail(AppOrder, { id: booking.orderId }, locking);
        if (order.state !== 'held') return refused('PAYMENT_ALREADY_PROCESSED');
        const { price } = booking;
        const points = await em.findOneOrFail(PointsRow, { user: userId }, locking);
        if (points.balance < price) return refused('INSUFFICIENT_POINTS');
        points.balance -= price;
        seat.state = 'sold';
        seat.heldUntil = null;
        order.state = 'paid';
        order.paidAt = new Date();
        const about = { balance: points.balance, jobId: madeUpJobId() };
        const createdAt = new Date();
        em.create(PointHistory, { ...about, userId, kind: 'use', amount: price, createdAt });
        const paid = { order: order.id, bookingId, price, kind: 'payment' } as const;
        const payment = em.create(Payment, { ...about, ...paid, userId, createdAt });
        await em.flush();
        await em.execute(END_ENTRY, [userId]);
        return ok({ id: payment.id, bookingId, price, balance: points.balance });
      }),
    async enter(userId) {
      await sql(ENTER, [userId, madeUpJobId()]);
      return shop.entry(userId);
    },
    async entry(userId) {
      const [entry] = await sql(ENTRY, [userId]);
      return entry ? ok(entry) : refused('QUEUE_ENTRY_NOT_FOUND', 404);
    },
    async seats(scheduleId) {
      const found = await orm.em
        .fork()
        .find(Seat, { schedule: scheduleId }, { orderBy: { id: 'asc' }, disableIdentityMap: true });
      const items = found.map(({ id, section, row, number, price, state }) => ({
        id,
        section,
        row,
        number,
        price,
        state,
      }));
      return ok({ scheduleId, items });
    },
    close: () => orm.close(),
  };
  return lock === 'version' || lock === 'shared' ? withConflicts(shop) : shop;
}

const ENTER = `insert into queue_entry (id, queue_id, number, user_id, state, entered_at, admitted_at, expires_at, job_id)
  select place, 1, place, ?, 'active', now(), now(), now() + interval '5 minutes', ? from nextval('direct_place') as place
  on conflict do nothing`;
const ENTRY = `select number, state, 'direct' as "queueToken" from queue_entry
  where user_id = ? and state = 'active'`;
const END_ENTRY = `update queue_entry set state = 'ended', ended_at = now(), end_reason = 'paid'
  where user_id = ? and state = 'active'`;

/** Turns a failed optimistic lock, or a deadlock, into a CONFLICT, which the caller may retry. */
function withConflicts(shop: Shop): Shop {
  const catching = async (reply: Promise<Reply>) =>
    reply.catch((error) => {
      const isConflict = error instanceof OptimisticLockError || CONFLICT_CODES.has(error.code);
      if (!isConflict) throw error;
      return refused('CONFLICT');
    });
  return {
    ...shop,
    charge: (userId, amount) => catching(shop.charge(userId, amount)),
    book: (userId, seatId) => catching(shop.book(userId, seatId)),
    pay: (userId, bookingId) => catching(shop.pay(userId, bookingId)),
  };
}
