/** All entities, for the ORM's configuration. */
import { AppOrder } from './app-order.ts';
import { Area } from './area.ts';
import { Booking } from './booking.ts';
import { Cancellation } from './cancellations/cancellation.ts';
import { CancellationFailure } from './cancellations/cancellation-failure.ts';
import { CommandReceipt } from './command-receipt.ts';
import { Concert } from './concert.ts';
import { ConcertImage } from './concerts/concert-image.ts';
import { Hall } from './halls/hall.ts';
import { HallVersion } from './halls/hall-version.ts';
import { Lane } from './lane.ts';
import { CardRefund } from './money/card-refund.ts';
import { Checkout } from './money/checkout.ts';
import { OutboxCall } from './money/outbox-call.ts';
import { OperatorLog } from './operator-log.ts';
import { Payment } from './payment.ts';
import { PointHistory } from './point-history.ts';
import { Points } from './points.ts';
import { Draw } from './queue/draw.ts';
import { DrawPlace } from './queue/draw-place.ts';
import { PresenceWatch } from './queue/presence-watch.ts';
import { QueueBlock } from './queue/queue-block.ts';
import { QueueEntry } from './queue/queue-entry.ts';
import { QueueNumbering } from './queue/queue-numbering.ts';
import { WaitingQueue } from './queue/waiting-queue.ts';
import { Schedule } from './schedule.ts';
import { Seat } from './seat.ts';
import { CheckIn } from './tickets/check-in.ts';
import { RefusedScan } from './tickets/refused-scan.ts';
import { User } from './user.ts';
import { Webhook } from './webhooks/webhook.ts';
import { WebhookEvent } from './webhooks/webhook-event.ts';

export const entities = [
  AppOrder,
  Area,
  Booking,
  CheckIn,
  Cancellation,
  CancellationFailure,
  CardRefund,
  Checkout,
  CommandReceipt,
  Concert,
  ConcertImage,
  Draw,
  DrawPlace,
  Hall,
  HallVersion,
  Lane,
  OperatorLog,
  OutboxCall,
  Payment,
  PointHistory,
  Points,
  PresenceWatch,
  QueueBlock,
  QueueEntry,
  QueueNumbering,
  RefusedScan,
  Schedule,
  Seat,
  User,
  WaitingQueue,
  Webhook,
  WebhookEvent,
] as const;

export {
  AppOrder,
  Area,
  Booking,
  Cancellation,
  CancellationFailure,
  CardRefund,
  CheckIn,
  Checkout,
  CommandReceipt,
  Concert,
  ConcertImage,
  Draw,
  DrawPlace,
  Hall,
  HallVersion,
  Lane,
  OperatorLog,
  OutboxCall,
  Payment,
  PointHistory,
  Points,
  PresenceWatch,
  QueueBlock,
  QueueEntry,
  QueueNumbering,
  RefusedScan,
  Schedule,
  Seat,
  User,
  WaitingQueue,
  Webhook,
  WebhookEvent,
};
