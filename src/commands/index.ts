/** Every command, by its name. */
import { bookSeat } from './book-seat.ts';
import { chargePoints } from './charge-points.ts';
import { createConcert } from './create-concert.ts';
import { createSchedule } from './create-schedule.ts';
import { enterQueue } from './enter-queue.ts';
import { leaveQueue } from './leave-queue.ts';
import { payBooking } from './pay-booking.ts';
import { usePoints } from './use-points.ts';

export const commands = {
  'book-seat': bookSeat,
  'charge-points': chargePoints,
  'create-concert': createConcert,
  'create-schedule': createSchedule,
  'enter-queue': enterQueue,
  'leave-queue': leaveQueue,
  'pay-booking': payBooking,
  'use-points': usePoints,
} as const;

export type CommandName = keyof typeof commands;
