/** All commands by name. */
import { announceDraw } from './announce-draw.ts';
import { blockSeats } from './block-seats.ts';
import { bookSeat } from './book-seat.ts';
import { bookSeats } from './book-seats.ts';
import { cancelBooking } from './cancel-booking.ts';
import { chargePoints } from './charge-points.ts';
import { createConcert } from './create-concert.ts';
import { createSchedule } from './create-schedule.ts';
import { enterQueue } from './enter-queue.ts';
import { leaveQueue } from './leave-queue.ts';
import { payBooking } from './pay-booking.ts';
import { registerWebhook } from './register-webhook.ts';
import { releaseSeats } from './release-seats.ts';
import { removeWebhook } from './remove-webhook.ts';
import { setAdmission } from './set-admission.ts';
import { usePoints } from './use-points.ts';

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
