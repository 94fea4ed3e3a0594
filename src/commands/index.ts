/** All commands by name. */

import { bookSeat } from './bookings/book-seat.ts';
import { bookSeats } from './bookings/book-seats.ts';
import { cancelBooking } from './bookings/cancel-booking.ts';
import { payBooking } from './bookings/pay-booking.ts';
import { closeConcert, reopenConcert } from './concerts/close-concert.ts';
import { closeSchedule, reopenSchedule } from './concerts/close-schedule.ts';
import { createConcert } from './concerts/create-concert.ts';
import { createSchedule } from './concerts/create-schedule.ts';
import { editConcert } from './concerts/edit-concert.ts';
import { editSchedule } from './concerts/edit-schedule.ts';
import { setConcertImage } from './concerts/set-concert-image.ts';
import { createHall } from './halls/create-hall.ts';
import { saveHall } from './halls/save-hall.ts';
import { checkoutOpened } from './money/checkout-opened.ts';
import { endRefund } from './money/end-refund.ts';
import { refundEnded } from './money/refund-ended.ts';
import { retryRefund } from './money/retry-refund.ts';
import { settleCheckout } from './money/settle-checkout.ts';
import { startCheckout } from './money/start-checkout.ts';
import { startTopUp } from './money/start-top-up.ts';
import { blockSeats } from './operators/block-seats.ts';
import { cancelSchedule } from './operators/cancel-schedule.ts';
import { registerWebhook } from './operators/register-webhook.ts';
import { releaseSeats } from './operators/release-seats.ts';
import { removeWebhook } from './operators/remove-webhook.ts';
import { retryCall } from './operators/retry-call.ts';
import { retryCancellation } from './operators/retry-cancellation.ts';
import { cancelOrder } from './orders/cancel-order.ts';
import { cancelOrderAsOperator } from './orders/cancel-order-as-operator.ts';
import { endCancelledOrder } from './orders/end-cancelled-order.ts';
import { payOrder } from './orders/pay-order.ts';
import { placeOrder } from './orders/place-order.ts';
import { chargePoints } from './points/charge-points.ts';
import { chargePointsAsOperator } from './points/charge-points-as-operator.ts';
import { usePoints } from './points/use-points.ts';
import { announceDraw } from './queue/announce-draw.ts';
import { cancelDraw } from './queue/cancel-draw.ts';
import { createQueue } from './queue/create-queue.ts';
import { enterQueue } from './queue/enter-queue.ts';
import { leaveQueue } from './queue/leave-queue.ts';
import { moveDraw } from './queue/move-draw.ts';
import { setAdmission } from './queue/set-admission.ts';
import { checkIn } from './tickets/check-in.ts';
import { openGate } from './tickets/open-gate.ts';

const list = [
  announceDraw,
  blockSeats,
  bookSeat,
  bookSeats,
  cancelBooking,
  cancelDraw,
  cancelOrder,
  cancelOrderAsOperator,
  cancelSchedule,
  chargePoints,
  chargePointsAsOperator,
  checkIn,
  checkoutOpened,
  closeConcert,
  closeSchedule,
  createConcert,
  createHall,
  createQueue,
  createSchedule,
  editConcert,
  editSchedule,
  endCancelledOrder,
  endRefund,
  enterQueue,
  leaveQueue,
  moveDraw,
  openGate,
  payBooking,
  payOrder,
  placeOrder,
  refundEnded,
  registerWebhook,
  removeWebhook,
  releaseSeats,
  reopenConcert,
  reopenSchedule,
  retryCall,
  retryCancellation,
  retryRefund,
  saveHall,
  setAdmission,
  setConcertImage,
  settleCheckout,
  startCheckout,
  startTopUp,
  usePoints,
] as const;
type Listed = (typeof list)[number];

export const commands = Object.fromEntries(list.map((command) => [command.name, command])) as {
  readonly [Each in Listed as Each['name']]: Each;
};

export type CommandName = keyof typeof commands;
