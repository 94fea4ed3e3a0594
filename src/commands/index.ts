/** All commands by name. */

import { bookSeat } from './bookings/book-seat.ts';
import { bookSeats } from './bookings/book-seats.ts';
import { cancelBooking } from './bookings/cancel-booking.ts';
import { payBooking } from './bookings/pay-booking.ts';
import { blockSeats } from './operators/block-seats.ts';
import { createConcert } from './operators/create-concert.ts';
import { createSchedule } from './operators/create-schedule.ts';
import { registerWebhook } from './operators/register-webhook.ts';
import { releaseSeats } from './operators/release-seats.ts';
import { removeWebhook } from './operators/remove-webhook.ts';
import { chargePoints } from './points/charge-points.ts';
import { usePoints } from './points/use-points.ts';
import { announceDraw } from './queue/announce-draw.ts';
import { enterQueue } from './queue/enter-queue.ts';
import { leaveQueue } from './queue/leave-queue.ts';
import { setAdmission } from './queue/set-admission.ts';

export const commands = {
  'announce-draw': announceDraw,
  'block-seats': blockSeats,
  'book-seat': bookSeat,
  'book-seats': bookSeats,
  'cancel-booking': cancelBooking,
  'charge-points': chargePoints,
  'create-concert': createConcert,
  'create-schedule': createSchedule,
  'enter-queue': enterQueue,
  'leave-queue': leaveQueue,
  'pay-booking': payBooking,
  'register-webhook': registerWebhook,
  'remove-webhook': removeWebhook,
  'release-seats': releaseSeats,
  'set-admission': setAdmission,
  'use-points': usePoints,
} as const;

export type CommandName = keyof typeof commands;
