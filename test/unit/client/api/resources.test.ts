/** The client's hand-written types must equal the types of the API's schemas. The compiler checks this. */
import { expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type * as clientGates from '../../../../src/client/api/gates.ts';
import type { NewQueue } from '../../../../src/client/api/inputs.ts';
import type {
  AdmissionSettings,
  CardRefund,
  ListedCardRefund,
  WebhookEvent,
} from '../../../../src/client/api/operators.ts';
import type * as clientPayments from '../../../../src/client/api/payments.ts';
import type * as client from '../../../../src/client/api/resources.ts';
import type * as clientTickets from '../../../../src/client/api/tickets.ts';
import type { CreateQueue } from '../../../../src/commands/queue/create-queue.ts';
import type { SetAdmission } from '../../../../src/commands/queue/set-admission.ts';
import type {
  CardRefundResource,
  CheckoutResource,
} from '../../../../src/commands/schemas/checkouts.ts';
import type * as gates from '../../../../src/commands/schemas/gates.ts';
import type { OrderPayment } from '../../../../src/commands/schemas/order-payments.ts';
import type * as api from '../../../../src/commands/schemas/resources.ts';
import type * as tickets from '../../../../src/commands/schemas/tickets.ts';
import type { WaitingQueue } from '../../../../src/commands/schemas/waiting-queue.ts';
import type * as webhooks from '../../../../src/commands/schemas/webhook-events.ts';
import type { ListedRefund } from '../../../../src/db/reads/money/refunds.ts';
import type { PublicSettings } from '../../../../src/http/public-settings.ts';

test('the client has the types of the API', () => {
  expectTypeOf<client.Concert>().toEqualTypeOf<api.Concert>();
  expectTypeOf<client.Schedule>().toEqualTypeOf<api.Schedule>();
  expectTypeOf<client.Seat>().toEqualTypeOf<api.Seat>();
  expectTypeOf<client.Area>().toEqualTypeOf<api.Area>();
  expectTypeOf<client.Booking>().toEqualTypeOf<api.Booking>();
  expectTypeOf<client.Order>().toEqualTypeOf<api.Order>();
  expectTypeOf<client.PaidOrder>().toEqualTypeOf<api.PaidOrder>();
  expectTypeOf<client.Payment>().toEqualTypeOf<api.Payment>();
  expectTypeOf<client.QueueEntry>().toEqualTypeOf<api.QueueEntry>();
  expectTypeOf<client.WaitingQueue>().toEqualTypeOf<WaitingQueue>();
  expectTypeOf<Omit<NewQueue, 'concertIds'>>().toEqualTypeOf<Omit<CreateQueue, 'concertIds'>>();
  expectTypeOf<clientPayments.Checkout>().toEqualTypeOf<CheckoutResource>();
  expectTypeOf<clientPayments.OrderPayment>().toEqualTypeOf<OrderPayment>();
  expectTypeOf<clientPayments.PublicSettings>().toEqualTypeOf<PublicSettings>();
  expectTypeOf<client.Balance>().toEqualTypeOf<api.Balance>();
  expectTypeOf<client.PointHistoryLine>().toEqualTypeOf<api.PointHistoryLine>();
  expectTypeOf<clientTickets.Ticket>().toEqualTypeOf<tickets.Ticket>();
  expectTypeOf<clientTickets.CheckIn>().toEqualTypeOf<tickets.TicketEntry>();
  expectTypeOf<clientTickets.Entered>().toEqualTypeOf<tickets.Entered>();
  expectTypeOf<clientGates.GateSession>().toEqualTypeOf<z.infer<typeof gates.gateSession>>();
  expectTypeOf<clientGates.RefusedScan>().toEqualTypeOf<gates.RefusedScan>();
  expectTypeOf<AdmissionSettings>().toEqualTypeOf<SetAdmission>();
  expectTypeOf<CardRefund>().toEqualTypeOf<CardRefundResource>();
  expectTypeOf<ListedCardRefund>().toEqualTypeOf<ListedRefund>();
  expectTypeOf<WebhookEvent>().toEqualTypeOf<webhooks.WebhookEvent>();
});
