/** The JSON shape of each resource, in results of commands and in responses to reads. */
import { z } from 'zod';
import { concert, schedule } from './concert-resources.ts';
import { area, SEAT_STATES, seat } from './place-resources.ts';
import {
  balanceExample,
  bookingExample,
  orderExample,
  paymentExample,
  pointHistoryLineExample,
  queueEntryExample,
} from './resource-examples.ts';
import { balance, givenTime, id, ORDER_STATES, points, queueId, time } from './values.ts';

export { area, concert, givenTime, id, ORDER_STATES, points, SEAT_STATES, schedule, seat };

export const BOOKING_STATES = ['held', 'paid', 'expired', 'cancelled', 'refunded'] as const;

export const booking = z
  .object({
    id,
    orderId: id,
    concertId: id,
    concertTitle: z.string(),
    scheduleId: id,
    startAt: time.meta({ description: 'When the performance starts.' }),
    areaId: id.nullable().meta({ description: 'null for a seat.' }),
    areaName: z.string().nullable(),
    seatId: id
      .nullable()
      .meta({ description: 'null for a place of an area, as are the next three.' }),
    section: z.string().nullable(),
    row: z.string().nullable(),
    seatNumber: z.int().nullable(),
    price: points,
    state: z.enum(BOOKING_STATES),
    holdExpiresAt: time,
    createdAt: time,
  })
  .meta({ id: 'Booking', example: bookingExample });

export const order = z
  .object({
    id,
    state: z.enum(ORDER_STATES),
    concertId: id,
    scheduleId: id,
    queueId: id.meta({ description: 'The waiting queue under which it was placed.' }),
    timeZone: z.string().optional().meta({
      description: 'Of the venue, a name of the IANA database. Absent in results of commands.',
    }),
    venue: z.string().nullable().optional(),
    total: balance.meta({
      description: 'In points: the price of its places while it is held, then what was paid.',
    }),
    holdExpiresAt: time,
    bookings: z.array(booking),
    createdAt: time,
    paidAt: time.nullable(),
  })
  .meta({
    id: 'Order',
    example: orderExample,
  });

/** The result of `pay-order`. */
export const paidOrder = z
  .object({
    order,
    balance: balance.meta({ description: 'The balance after the payment, in points.' }),
  })
  .meta({
    id: 'PaidOrder',
    example: { order: { ...orderExample, state: 'paid' }, balance: 0 },
  });

export const payment = z
  .object({
    id,
    bookingId: id,
    seatId: id.nullable(),
    areaId: id.nullable().meta({ description: 'null for a seat.' }),
    price: points,
    kind: z.enum(['payment', 'refund']),
    balance: balance.meta({ description: 'The balance after the payment or refund, in points.' }),
    createdAt: time,
  })
  .meta({
    id: 'Payment',
    example: paymentExample,
  });

/** An entry of a waiting queue, as its user sees it. */
export const queueEntry = z
  .object({
    queueId,
    number: id,
    enteredAt: time
      .nullable()
      .meta({ description: 'null in outcomes of version 0.2.0 and older.' }),
    state: z.enum(['waiting', 'active', 'ended']),
    position: z
      .int()
      .min(0)
      .meta({ description: '1 for the next user to be admitted, 0 once active.' }),
    waiting: z.int().min(0).meta({ description: 'How many users are waiting in total.' }),
    estimatedWaitSeconds: z.int().min(0).meta({
      description:
        'See `isWaitKnown`. While the queue is paused or sold out: the wait from the moment at which admission goes on. While a draw is gathering: the time until the draw and the average wait after it.',
    }),
    isWaitKnown: z.boolean().meta({
      description:
        'false while no user is admitted, because the queue is paused, gathering or sold out: how long the user will wait is unknown.',
    }),
    waitingTicket: z.string().nullable().meta({
      description:
        'Set while waiting: a JWT that names the user, the queue, the number and the time of entry, and that anyone can verify with the published key. It admits to nothing.',
    }),
    queueToken: z.string().nullable(),
    expiresAt: time.nullable().meta({
      description:
        'Set while active: when the entry ends. A hold that lasts longer moves it to its own end.',
    }),
    bookingUntil: time.nullable().meta({
      description:
        'Set while active: from then on new orders are refused, and what is held can still be paid until `expiresAt`. null in outcomes of version 0.2.0 and older.',
    }),
    isPaused: z.boolean().meta({ description: 'Operators have paused admission.' }),
    isGathering: z
      .boolean()
      .meta({ description: 'Users gather for a draw, which will decide their order.' }),
    opensAt: time
      .nullable()
      .meta({ description: 'When the draw is held for which users gather; null without one.' }),
    isSoldOut: z.boolean().meta({ description: 'All seats are sold, so no user is admitted.' }),
    stock: z
      .object({ concertId: id, available: z.int().min(0), held: z.int().min(0) })
      .optional()
      .meta({ description: 'The seats of the concert that the parameter `concertId` names.' }),
  })
  .meta({
    id: 'QueueEntry',
    example: queueEntryExample,
  });

/**
 * The part of a queue entry that a worker writes into the outcome. The API process adds position, estimate and queue
 * token to each response: the first two change all the time, and the token is a secret that must not be stored in Redis
 * or in a receipt.
 */
export const queueEntryOutcome = queueEntry
  .pick({ queueId: true, number: true, state: true, expiresAt: true })
  .extend({
    /** The entry's id. In the house queue of older versions it was the number. */
    id,
    /** Receipts of older versions lack it. */
    enteredAt: time.optional(),
    /** As above. */
    bookingUntil: time.nullable().optional(),
  });

export const balanceOf = z.object({ balance }).meta({ id: 'Balance', example: balanceExample });

export const POINT_KINDS = ['charge', 'use', 'refund'] as const;

export const pointHistoryLine = z
  .object({
    id,
    kind: z.enum(POINT_KINDS),
    amount: balance,
    balance,
    createdAt: time,
  })
  .meta({
    id: 'PointHistoryLine',
    example: pointHistoryLineExample,
  });

export type Concert = z.infer<typeof concert>;
export type Schedule = z.infer<typeof schedule>;
export type Seat = z.infer<typeof seat>;
export type Area = z.infer<typeof area>;
export type Booking = z.infer<typeof booking>;
export type Order = z.infer<typeof order>;
export type PaidOrder = z.infer<typeof paidOrder>;
export type Payment = z.infer<typeof payment>;
export type QueueEntry = z.infer<typeof queueEntry>;
export type QueueEntryOutcome = z.infer<typeof queueEntryOutcome>;
export type Balance = z.infer<typeof balanceOf>;
export type PointHistoryLine = z.infer<typeof pointHistoryLine>;
