/** All handlers, by command name. */
import type { CommandName } from '../../src/commands/index.ts';
import { handleAnnounceDraw } from './announce-draw.ts';
import { handleBlockSeats, handleReleaseSeats } from './block-seats.ts';
import { handleBookSeat } from './book-seat.ts';
import { handleBookSeats } from './book-seats.ts';
import { handleCancelBooking } from './cancel-booking.ts';
import { handleChargePoints } from './charge-points.ts';
import { handleCreateConcert } from './create-concert.ts';
import { handleCreateSchedule } from './create-schedule.ts';
import { handleEnterQueue } from './enter-queue.ts';
import type { Handler } from './handler.ts';
import { handleLeaveQueue } from './leave-queue.ts';
import { handlePayBooking } from './pay-booking.ts';
import { handleSetAdmission } from './set-admission.ts';
import { handleUsePoints } from './use-points.ts';
import { handleRegisterWebhook, handleRemoveWebhook } from './webhooks.ts';

// A handler only receives inputs that its command's schema has accepted, so the table need not keep the input types.
export const handlers: Readonly<Record<CommandName, Handler>> = {
  'announce-draw': handleAnnounceDraw,
  'block-seats': handleBlockSeats,
  'book-seat': handleBookSeat,
  'book-seats': handleBookSeats,
  'cancel-booking': handleCancelBooking,
  'charge-points': handleChargePoints,
  'create-concert': handleCreateConcert,
  'create-schedule': handleCreateSchedule,
  'enter-queue': handleEnterQueue,
  'leave-queue': handleLeaveQueue,
  'pay-booking': handlePayBooking,
  'register-webhook': handleRegisterWebhook,
  'remove-webhook': handleRemoveWebhook,
  'release-seats': handleReleaseSeats,
  'set-admission': handleSetAdmission,
  'use-points': handleUsePoints,
};
