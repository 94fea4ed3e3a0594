/** Puts the HTTP layer together. It never listens and opens no connection: `main.ts` does. */
import type { Queue } from 'bullmq';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from 'pino';
import type { Database } from '../db/orm.ts';
import type { RateLimit } from '../lanes/rate-limit.ts';
import type { Traces } from '../observe/traces.ts';
import type { AccessTokens } from './access-tokens.ts';
import { mountBullBoard } from './admin.ts';
import { answerError } from './answer-error.ts';
import { mountDocs } from './docs.ts';
import type { EventStreams } from './event-streams.ts';
import type { JobDeps } from './jobs.ts';
import { type AdminLogin, demandLogin } from './login.ts';
import type { Metrics } from './metrics.ts';
import { OpenAPIRegistry, openApiDocument } from './openapi.ts';
import { type ProblemCode, problemAnswer } from './problems.ts';
import type { QueueTokens } from './queue-tokens.ts';
import { mountRoute } from './route.ts';
import { admissionRoutes } from './routes/admission.ts';
import { authRoutes, whoAmI } from './routes/auth.ts';
import { boardRoutes } from './routes/board.ts';
import { bookingRoutes } from './routes/bookings.ts';
import { concertRoutes } from './routes/concerts.ts';
import { drawRoutes } from './routes/draws.ts';
import { type HealthDeps, healthRoutes } from './routes/health.ts';
import { jobRoutes } from './routes/jobs.ts';
import { pointRoutes } from './routes/points.ts';
import { queueRoutes } from './routes/queue.ts';
import { seatRoutes } from './routes/seats.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import type { SeatCounts } from './seat-counts.ts';
import type { SeatMaps } from './seat-maps/seat-maps.ts';
import type { StockView } from './stock-view.ts';
import { openTrail } from './trail.ts';
import { mountWeb } from './web.ts';

export interface AppDeps extends JobDeps {
  webhooks: { secret: string; isPrivateAllowed: boolean };
  stockView: StockView;
  version: string;
  orm: Database;
  accessTokens: AccessTokens;
  queueTokens: QueueTokens;
  rateLimit: RateLimit;
  seatMaps: SeatMaps;
  seatCounts: SeatCounts;
  eventStreams: EventStreams;
  health: HealthDeps;
  /** Whether anybody gets a token for any subject. */
  isDevIssuerOn: boolean;
  /** No login, no dashboard. */
  adminLogin: AdminLogin | undefined;
  dashboardQueues: Iterable<Queue>;
  log: Logger;
  metrics: Metrics;
  /** Undefined where no traces are taken. */
  traces: Traces | undefined;
}

export function createApp(deps: AppDeps): Hono {
  const app = new Hono();
  // Pages only: an answer of the API gets what it needs where it is made.
  for (const pages of ['/docs', '/docs/*', '/admin/*']) app.use(pages, secureHeaders());
  const noteProblem = (code: ProblemCode) => deps.metrics.noteProblem(code);
  app.onError((error, c) => answerError(deps.log, error, c, openTrail(c), noteProblem));
  app.notFound((c) => {
    openTrail(c);
    const detail = `There is nothing at ${c.req.method} ${c.req.path}.`;
    return problemAnswer('NOT_FOUND', { detail });
  });

  const routes = [
    ...(deps.isDevIssuerOn ? authRoutes(deps) : []),
    whoAmI,
    ...queueRoutes(deps),
    ...admissionRoutes(deps),
    // `/concerts/bookings` stands before `/concerts/{concertId}`, which would take it for an id.
    ...bookingRoutes(deps),
    ...concertRoutes(deps),
    ...seatRoutes(deps),
    ...drawRoutes(deps),
    ...webhookRoutes(deps),
    ...pointRoutes(deps),
    ...jobRoutes(deps),
    ...healthRoutes(deps.health),
    ...(deps.adminLogin ? boardRoutes(deps, deps.adminLogin.username) : []),
  ];
  const registry = new OpenAPIRegistry();
  const login = deps.adminLogin && demandLogin(deps.adminLogin, deps);
  for (const { access, path } of routes) if (access === 'login' && login) app.use(path, login);
  for (const route of routes) mountRoute(app, registry, deps, route);
  mountDocs(app, openApiDocument(registry, deps.version));
  mountWeb(app, { isDevIssuerOn: deps.isDevIssuerOn, login });
  if (login) mountBullBoard(app, login, deps.dashboardQueues);
  return app;
}
