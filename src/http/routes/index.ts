/** All routes of the API. */
import type { Logger } from 'pino';
import type { Database } from '../../db/connection/orm.ts';
import type { AccessTokens } from '../auth/access-tokens.ts';
import type { AdminLogin } from '../auth/login.ts';
import type { SigningKey } from '../auth/signing-key.ts';
import type { EventStreams } from '../events/event-streams.ts';
import type { JobDeps } from '../jobs/accept-command.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { Payments } from '../payments/payments.ts';
import type { SaleRules } from '../public-settings.ts';
import type { StockView } from '../queue/stock.ts';
import type { WaitingQueues } from '../queue/waiting-queues.ts';
import type { CatalogueCache } from '../reads/catalogue-cache.ts';
import type { SeatCounts } from '../reads/seat-counts.ts';
import type { Route } from '../route.ts';
import type { SeatMaps } from '../seat-maps/seat-maps.ts';
import type { EnteredCounts } from '../tickets/entered-counts.ts';
import type { TicketCodes } from '../tickets/ticket-codes.ts';
import { authRoutes, whoAmI } from './auth.ts';
import { boardRoutes } from './board.ts';
import { bookingRoutes } from './bookings.ts';
import { cancellationRoutes } from './cancellations.ts';
import { areaRoutes } from './catalogue/areas.ts';
import { concertChangeRoutes } from './catalogue/concert-changes.ts';
import { concertRoutes } from './catalogue/concerts.ts';
import { eventRoutes } from './catalogue/events.ts';
import { hallRoutes } from './catalogue/halls.ts';
import { pictureRoutes } from './catalogue/pictures.ts';
import { seatRoutes } from './catalogue/seats.ts';
import { type HealthDeps, healthRoutes } from './health.ts';
import { jobRoutes } from './jobs.ts';
import { checkoutRoutes } from './money/checkouts.ts';
import { orderPaymentRoutes } from './money/order-payments.ts';
import { providerEventRoutes } from './money/provider-events.ts';
import { refundRoutes } from './money/refunds.ts';
import { operatorLogRoutes } from './operator-log.ts';
import { orderRoutes } from './orders.ts';
import { pointRoutes } from './points.ts';
import { admissionRoutes } from './queue/admission.ts';
import { drawnRoutes } from './queue/drawn.ts';
import { drawRoutes } from './queue/draws.ts';
import { entryRoutes } from './queue/entries.ts';
import { queueRoutes } from './queue/queues.ts';
import { salesRoutes } from './sales/index.ts';
import { settingsRoutes } from './settings.ts';
import { checkInRoutes } from './tickets/check-ins.ts';
import { gateRoutes } from './tickets/gates.ts';
import { ticketRoutes } from './tickets/tickets.ts';
import { webhookRoutes } from './webhooks.ts';

export interface ApiRouteDeps extends JobDeps {
  webhooks: { secret: string; isPrivateAllowed: boolean };
  stockView: StockView;
  waitingQueues: WaitingQueues;
  orm: Database;
  accessTokens: AccessTokens;
  signingKey: SigningKey;
  ticketCodes: TicketCodes;
  payments: Payments;
  saleRules: SaleRules;
  seatMaps: SeatMaps;
  catalogue: CatalogueCache;
  seatCounts: SeatCounts;
  enteredCounts: EnteredCounts;
  eventStreams: EventStreams;
  metrics: Metrics;
  health: HealthDeps;
  /** Whether clients can get a token for any subject without authentication. */
  isDevIssuerOn: boolean;
  /** Undefined disables the operators' board and dashboard. */
  adminLogin: AdminLogin | undefined;
  log: Logger;
}

/** The routes in the order in which they are mounted. */
export function apiRoutes(deps: ApiRouteDeps): Route[] {
  return [
    ...(deps.isDevIssuerOn ? authRoutes(deps) : []),
    whoAmI,
    ...settingsRoutes(deps),
    ...entryRoutes(deps),
    ...queueRoutes(deps),
    ...admissionRoutes(deps),
    ...orderRoutes(deps),
    ...checkoutRoutes(deps),
    ...orderPaymentRoutes(deps),
    ...providerEventRoutes(deps),
    // `/concerts/bookings` must come before `/concerts/{concertId}`, which would match it as an id.
    ...bookingRoutes(deps),
    ...concertRoutes(deps),
    ...concertChangeRoutes(deps),
    ...eventRoutes(deps),
    ...pictureRoutes(deps),
    ...cancellationRoutes(deps),
    ...refundRoutes(deps),
    ...hallRoutes(deps),
    ...seatRoutes(deps),
    ...areaRoutes(deps),
    ...ticketRoutes(deps),
    ...checkInRoutes(deps),
    ...gateRoutes(deps),
    ...drawRoutes(deps),
    ...drawnRoutes(deps),
    ...webhookRoutes(deps),
    ...operatorLogRoutes(deps),
    ...salesRoutes(deps),
    ...pointRoutes(deps),
    ...jobRoutes(deps),
    ...healthRoutes(deps.health),
    ...(deps.adminLogin ? boardRoutes(deps, deps.adminLogin.username) : []),
  ];
}
