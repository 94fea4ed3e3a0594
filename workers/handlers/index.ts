/** All handlers, by command name. */
import type { CommandName, commands } from '../../src/commands/index.ts';
import { handleBookSeat } from './bookings/book-seat.ts';
import { handleBookSeats } from './bookings/book-seats.ts';
import { handleCancelBooking } from './bookings/cancel-booking.ts';
import { handlePayBooking } from './bookings/pay-booking.ts';
import {
  handleCloseConcert,
  handleEditConcert,
  handleReopenConcert,
  handleSetConcertImage,
} from './concerts/change-concert.ts';
import {
  handleCloseSchedule,
  handleEditSchedule,
  handleReopenSchedule,
} from './concerts/change-schedule.ts';
import { handleCreateConcert } from './concerts/create-concert.ts';
import { handleCreateSchedule } from './concerts/create-schedule.ts';
import type { Handler, HandlerOf } from './handler.ts';
import { handleCheckoutOpened } from './money/checkout-opened.ts';
import { handleEndRefund } from './money/end-refund.ts';
import { handleRefundEnded } from './money/refund-ended.ts';
import { handleRetryRefund } from './money/retry-refund.ts';
import { handleSettleCheckout } from './money/settle-checkout.ts';
import { handleStartCheckout } from './money/start-checkout.ts';
import { handleStartTopUp } from './money/start-top-up.ts';
import { handleBlockSeats, handleReleaseSeats } from './operators/block-seats.ts';
import { handleCancelSchedule, handleRetryCancellation } from './operators/cancel-schedule.ts';
import { handleCreateHall, handleSaveHall } from './operators/halls/save-hall.ts';
import { handleRetryCall } from './operators/retry-call.ts';
import { handleRegisterWebhook, handleRemoveWebhook } from './operators/webhooks.ts';
import { handleCancelOrder } from './orders/cancel-order.ts';
import { handleCancelOrderAsOperator } from './orders/cancel-order-as-operator.ts';
import { handleEndCancelledOrder } from './orders/end-cancelled-order.ts';
import { handlePayOrder } from './orders/pay-order.ts';
import { handlePlaceOrder } from './orders/place-order.ts';
import { handleChargePoints } from './points/charge-points.ts';
import { handleChargePointsAsOperator } from './points/charge-points-as-operator.ts';
import { handleUsePoints } from './points/use-points.ts';
import { handleAnnounceDraw } from './queue/announce-draw.ts';
import { handleCancelDraw } from './queue/cancel-draw.ts';
import { handleCreateQueue } from './queue/create-queue.ts';
import { handleEnterQueue } from './queue/enter-queue.ts';
import { handleLeaveQueue } from './queue/leave-queue.ts';
import { handleMoveDraw } from './queue/move-draw.ts';
import { handleSetAdmission } from './queue/set-admission.ts';
import { handleCheckIn } from './tickets/check-in.ts';
import { handleOpenGate } from './tickets/open-gate.ts';

export type Handlers = { readonly [Name in CommandName]: HandlerOf<(typeof commands)[Name]> };

export const handlers: Handlers = {
  'announce-draw': handleAnnounceDraw,
  'block-seats': handleBlockSeats,
  'book-seat': handleBookSeat,
  'book-seats': handleBookSeats,
  'cancel-booking': handleCancelBooking,
  'cancel-draw': handleCancelDraw,
  'cancel-order': handleCancelOrder,
  'cancel-order-as-operator': handleCancelOrderAsOperator,
  'cancel-schedule': handleCancelSchedule,
  'charge-points': handleChargePoints,
  'charge-points-as-operator': handleChargePointsAsOperator,
  'check-in': handleCheckIn,
  'checkout-opened': handleCheckoutOpened,
  'close-concert': handleCloseConcert,
  'close-schedule': handleCloseSchedule,
  'create-concert': handleCreateConcert,
  'create-hall': handleCreateHall,
  'create-queue': handleCreateQueue,
  'create-schedule': handleCreateSchedule,
  'edit-concert': handleEditConcert,
  'edit-schedule': handleEditSchedule,
  'end-cancelled-order': handleEndCancelledOrder,
  'end-refund': handleEndRefund,
  'enter-queue': handleEnterQueue,
  'leave-queue': handleLeaveQueue,
  'move-draw': handleMoveDraw,
  'open-gate': handleOpenGate,
  'pay-booking': handlePayBooking,
  'pay-order': handlePayOrder,
  'place-order': handlePlaceOrder,
  'refund-ended': handleRefundEnded,
  'register-webhook': handleRegisterWebhook,
  'remove-webhook': handleRemoveWebhook,
  'release-seats': handleReleaseSeats,
  'reopen-concert': handleReopenConcert,
  'reopen-schedule': handleReopenSchedule,
  'retry-call': handleRetryCall,
  'retry-cancellation': handleRetryCancellation,
  'retry-refund': handleRetryRefund,
  'save-hall': handleSaveHall,
  'set-admission': handleSetAdmission,
  'set-concert-image': handleSetConcertImage,
  'settle-checkout': handleSettleCheckout,
  'start-checkout': handleStartCheckout,
  'start-top-up': handleStartTopUp,
  'use-points': handleUsePoints,
};

/**
 * The handler of a command that a worker has taken, without the types of its command: it is given inputs that the command's schema
 * has accepted.
 * @returns undefined if this version has no such command
 */
export function handlerNamed(table: Handlers, name: string): Handler | undefined {
  return table[name as CommandName] as Handler | undefined;
}
