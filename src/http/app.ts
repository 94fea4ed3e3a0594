/** Puts the HTTP layer together. It never listens and opens no connection: `main.ts` does. */
import type { Queue } from 'bullmq';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from 'pino';
import type { Database } from '../db/orm.ts';
import type { AccessTokens } from './access-tokens.ts';
import { type AdminLogin, mountBullBoard } from './admin.ts';
import { mountDocs } from './docs.ts';
import type { JobDeps } from './jobs.ts';
import { OpenAPIRegistry, openApiDocument } from './openapi.ts';
import { Problem, problemAnswer } from './problems.ts';
import type { QueueTokens } from './queue-tokens.ts';
import { mountRoute } from './route.ts';
import { admissionRoutes } from './routes/admission.ts';
import { authRoutes, whoAmI } from './routes/auth.ts';
import { bookingRoutes } from './routes/bookings.ts';
import { concertRoutes } from './routes/concerts.ts';
import { drawRoutes } from './routes/draws.ts';
import { type HealthDeps, healthRoutes } from './routes/health.ts';
import { jobRoutes } from './routes/jobs.ts';
import { pointRoutes } from './routes/points.ts';
import { queueRoutes } from './routes/queue.ts';
import { seatRoutes } from './routes/seats.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import type { SeatMaps } from './seat-maps/seat-maps.ts';
import type { StockView } from './stock-view.ts';
import { mountWeb } from './web.ts';

export interface AppDeps extends JobDeps {
  webhooks: { secret: string; isPrivateAllowed: boolean };
  stockView: StockView;
  version: string;
  orm: Database;
  accessTokens: AccessTokens;
  queueTokens: QueueTokens;
  seatMaps: SeatMaps;
  health: HealthDeps;
  /** Whether anybody gets a token for any subject. */
  isDevIssuerOn: boolean;
  /** No login, no dashboard. */
  adminLogin: AdminLogin | undefined;
  dashboardQueues: Iterable<Queue>;
  log: Logger;
}

export function createApp(deps: AppDeps): Hono {
  const app = new Hono();
  // Pages only: an answer of the API gets what it needs where it is made.
  for (const pages of ['/docs', '/docs/*', '/admin/*']) app.use(pages, secureHeaders());
  app.onError((error, c) => {
    if (error instanceof Problem) return problemAnswer(error.code, error.details);
    if (error instanceof HTTPException) return error.getResponse();
    const request = { method: c.req.method, path: c.req.path };
    if (isUnreachable(error)) {
      deps.log.warn({ err: error, ...request }, 'A service is away; the client was told to retry.');
      const detail = 'The system cannot take requests at the moment. Nothing was changed.';
      return problemAnswer('SERVICE_UNAVAILABLE', { detail, retryAfterSeconds: 1 });
    }
    deps.log.error({ err: error, ...request }, 'A request failed unexpectedly; answered 500.');
    return problemAnswer('INTERNAL_ERROR', { detail: 'The request failed unexpectedly.' });
  });
  app.notFound((c) => {
    const detail = `There is nothing at ${c.req.method} ${c.req.path}.`;
    return problemAnswer('NOT_FOUND', { detail });
  });

  const routes = [
    ...(deps.isDevIssuerOn ? authRoutes(deps.accessTokens) : []),
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
  ];
  const registry = new OpenAPIRegistry();
  for (const route of routes) mountRoute(app, registry, deps, route);
  mountDocs(app, openApiDocument(registry, deps.version));
  mountWeb(app, deps);
  if (deps.adminLogin) mountBullBoard(app, deps.adminLogin, deps.dashboardQueues);
  return app;
}

const AWAY =
  /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|connection (is closed|terminated|ended)|stream isn't writeable|max retries per request|timeout exceeded|timeout expired|^(LOADING|CLUSTERDOWN|MOVED|ASK|TRYAGAIN)\b|cannot_connect|cluster redirections|cluster isn't ready|startup nodes/i;

/** Redis or PostgreSQL is away: not our fault, and worth another try. */
function isUnreachable(error: Error & { code?: unknown }): boolean {
  const code = String(error.code ?? '');
  return AWAY.test(code) || /^(57P0[1-5]|53300|08)/.test(code) || AWAY.test(error.message);
}
