/** What clients see of each resource: the shapes of api.md, in results of commands and in reads. */
import { z } from 'zod';

/** Ids are positive integers that JSON carries exactly. */
export const id = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
/**
 * A time as clients send it, made ISO 8601 in UTC. Years outside these four digits mean a mistake, and
 * PostgreSQL reads some of them otherwise than JavaScript does.
 */
export const givenTime = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((moment) => moment.getUTCFullYear() >= 1970 && moment.getUTCFullYear() <= 9999, {
    error: 'must be between the years 1970 and 9999',
  })
  .transform((moment) => moment.toISOString());

/** Points and prices: whole numbers from 0 to 2^31 - 1. */
export const points = z.int().min(0).max(2_147_483_647);
const balance = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const time = z.iso.datetime();

export const concert = z
  .object({
    id,
    title: z.string(),
    description: z.string().nullable(),
    createdAt: time,
  })
  .meta({
    id: 'Concert',
    example: {
      id: 1,
      title: 'The Winter Gala',
      description: null,
      createdAt: '2026-11-20T09:00:00.000Z',
    },
  });

export const schedule = z
  .object({
    id,
    concertId: id,
    bookingStartAt: time,
    bookingEndAt: time,
    startAt: time,
    endAt: time,
    seatCount: z.int().min(0),
    availableCount: z.int().min(0).optional(),
  })
  .meta({
    id: 'Schedule',
    example: {
      ...{ id: 1, concertId: 1, seatCount: 600, availableCount: 412 },
      bookingStartAt: '2026-11-20T09:00:00.000Z',
      bookingEndAt: '2026-12-20T09:00:00.000Z',
      startAt: '2026-12-20T19:00:00.000Z',
      endAt: '2026-12-20T22:00:00.000Z',
    },
  });

export const SEAT_STATES = ['available', 'held', 'sold'] as const;

export const seat = z
  .object({
    id,
    section: z.string().nullable(),
    row: z.string().nullable(),
    number: z.int(),
    price: points,
    state: z.enum(SEAT_STATES),
  })
  .meta({
    id: 'Seat',
    example: { id: 187, section: 'Stalls', row: 'G', number: 7, price: 12_000, state: 'available' },
  });

export const booking = z
  .object({
    id,
    concertId: id,
    scheduleId: id,
    seatId: id,
    section: z.string().nullable(),
    row: z.string().nullable(),
    seatNumber: z.int(),
    price: points,
    state: z.enum(['held', 'paid', 'expired', 'cancelled', 'refunded']),
    holdExpiresAt: time,
    createdAt: time,
  })
  .meta({
    id: 'Booking',
    example: {
      ...{
        id: 1,
        concertId: 1,
        scheduleId: 1,
        seatId: 187,
        section: 'Stalls',
        row: 'G',
        seatNumber: 7,
      },
      ...{ price: 12_000, state: 'held' },
      holdExpiresAt: '2026-11-21T02:25:08.316Z',
      createdAt: '2026-11-21T02:20:08.316Z',
    },
  });

export const payment = z
  .object({
    id,
    bookingId: id,
    seatId: id,
    price: points,
    kind: z.enum(['payment', 'refund']),
    balance: balance.meta({ description: 'The balance afterwards, in points.' }),
    createdAt: time,
  })
  .meta({
    id: 'Payment',
    example: {
      ...{ id: 1, bookingId: 1, seatId: 187, price: 12_000, kind: 'payment', balance: 0 },
      createdAt: '2026-11-21T02:20:08.386Z',
    },
  });

/** A place in the waiting queue, as its own user sees it. */
export const queueEntry = z
  .object({
    number: id,
    state: z.enum(['waiting', 'active', 'ended']),
    position: z.int().min(0).meta({ description: '1 for the next to be admitted, 0 once active.' }),
    waiting: z.int().min(0).meta({ description: 'How many wait in all.' }),
    estimatedWaitSeconds: z.int().min(0),
    queueToken: z.string().nullable(),
    expiresAt: time.nullable(),
    isPaused: z.boolean().meta({ description: 'Operators have paused the admission.' }),
    isSoldOut: z.boolean().meta({ description: 'Nothing is left to sell: nobody is admitted.' }),
    stock: z
      .object({ concertId: id, available: z.int().min(0), held: z.int().min(0) })
      .optional()
      .meta({ description: 'The seats of the concert asked for with `concertId`.' }),
  })
  .meta({
    id: 'QueueEntry',
    example: {
      ...{ number: 4711, state: 'waiting', position: 211, waiting: 900, estimatedWaitSeconds: 9 },
      ...{ queueToken: null, expiresAt: null, isPaused: false, isSoldOut: false },
    },
  });

export const balanceOf = z
  .object({ balance })
  .meta({ id: 'Balance', example: { balance: 12_000 } });

export const POINT_KINDS = ['charge', 'use', 'refund'] as const;

export const pointHistoryLine = z
  .object({
    id,
    kind: z.enum(POINT_KINDS),
    amount: points,
    balance,
    createdAt: time,
  })
  .meta({
    id: 'PointHistoryLine',
    example: {
      ...{ id: 2, kind: 'use', amount: 12_000, balance: 0 },
      createdAt: '2026-11-21T02:20:08.386Z',
    },
  });

export type Concert = z.infer<typeof concert>;
export type Schedule = z.infer<typeof schedule>;
export type Seat = z.infer<typeof seat>;
export type Booking = z.infer<typeof booking>;
export type Payment = z.infer<typeof payment>;
export type QueueEntry = z.infer<typeof queueEntry>;
export type Balance = z.infer<typeof balanceOf>;
export type PointHistoryLine = z.infer<typeof pointHistoryLine>;

/**
 * What a worker knows of a place: its number and state. Position, estimate and queue token are
 * added by the API process that answers: they change by the moment, and the token is a secret that
 * neither Redis nor a receipt should hold.
 */
export type QueuePlace = Pick<QueueEntry, 'number' | 'state' | 'expiresAt'>;
