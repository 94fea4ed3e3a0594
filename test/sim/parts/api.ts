/** A simulated API process: the real routes and the code that they call, on the simulated PostgreSQL and Redis. */
import { Hono } from 'hono';
import { Registry } from 'prom-client';
import { notePresence, noteWatch } from '../../../src/db/presence.ts';
import { readPerformances } from '../../../src/db/reads/catalogue/schedules.ts';
import { countAvailableSeats } from '../../../src/db/reads/places/available-seats.ts';
import { seatReads } from '../../../src/db/reads/places/seats.ts';
import { ReceiptReader } from '../../../src/db/reads/receipts.ts';
import type { AppDeps } from '../../../src/http/app.ts';
import { AccessTokens } from '../../../src/http/auth/access-tokens.ts';
import { Cors } from '../../../src/http/cors.ts';
import { EventStreams } from '../../../src/http/events/event-streams.ts';
import { Waits } from '../../../src/http/jobs/waits.ts';
import { LaneOwners } from '../../../src/http/ops/lane-ownership.ts';
import { Metrics } from '../../../src/http/ops/metrics.ts';
import { Payments } from '../../../src/http/payments/payments.ts';
import { errorResponse } from '../../../src/http/problems/errors.ts';
import { openQueueViews } from '../../../src/http/queue/open.ts';
import { Performances } from '../../../src/http/reads/performances.ts';
import { SeatCounts } from '../../../src/http/reads/seat-counts.ts';
import { openRequestContext } from '../../../src/http/request-context.ts';
import { mountRoute } from '../../../src/http/route.ts';
import { apiRoutes } from '../../../src/http/routes/index.ts';
import { SeatMaps } from '../../../src/http/seat-maps/seat-maps.ts';
import { TicketCodes } from '../../../src/http/tickets/ticket-codes.ts';
import { listen } from '../../../src/lanes/announcements.ts';
import { Backlog } from '../../../src/lanes/backlog.ts';
import { IdempotencyKeys } from '../../../src/lanes/idempotency/idempotency-keys.ts';
import { laneNames } from '../../../src/lanes/lanes.ts';
import { Outcomes } from '../../../src/lanes/outcomes.ts';
import { RateLimit } from '../../../src/lanes/rate-limit/rate-limit.ts';
import { clock } from '../host/clock.ts';
import { SimProcess } from '../host/processes.ts';
import { openSimDatabase } from '../postgres/connection.ts';
import { MemoryProducer } from '../queue/lanes.ts';
import { openRedis, RedisLine } from '../queue/redis.ts';
import type { World } from './world.ts';

export interface SimApi {
  process: SimProcess;
  app: Hono;
}

/** The largest difference of an API process's clock from PostgreSQL's, in ms. */
const CLOCK_ERROR_MS = 400;

export function startApi(world: World, name: string): SimApi {
  const ahead = (world.random.next() * 2 - 1) * CLOCK_ERROR_MS;
  const process = new SimProcess(name, ahead);
  return { process, app: process.run(() => openApp(world, process)) };
}

/** As `src/api.ts` and `createApp` do, without pages, documents, and what only serves operators and probes. */
function openApp(world: World, process: SimProcess): Hono {
  const { config, log } = world;
  const { redisPrefix } = config;
  const orm = openSimDatabase(world.server);
  const line = new RedisLine(world.redis);
  const redis = openRedis(world.redis, line);
  const now = () => Math.round(clock.now + process.clockAheadMs);
  const producer = new MemoryProducer(world.lanes, line);
  const receipts = new ReceiptReader(orm);
  const outcomes = new Outcomes(producer, receipts);
  const waits = new Waits(outcomes, { max: config.waitsMax, perUser: config.waitsPerUser });
  const eventStreams = new EventStreams({ max: config.streamsMax, perUser: config.streamsPerUser });
  const backlog = new Backlog(producer, laneNames(config), { ...config, now });
  const keys = new IdempotencyKeys(redis, config);
  const rateLimit = new RateLimit(redis, { ...config, now });
  const queueViews = openQueueViews({
    orm,
    config,
    notePresence: (notes) => notePresence(orm, notes),
    noteWatch: () => noteWatch(orm),
    now,
  });
  const { queuesInMemory, queueEntries, presence, concertQueues } = queueViews;
  const seatCounts = new SeatCounts((scheduleIds) => countAvailableSeats(orm, scheduleIds));
  const registry = new Registry();
  const metrics = new Metrics({
    registry,
    backlog,
    outcomes,
    laneOwners: new LaneOwners(async () => []),
    queuesInMemory,
    limits: { streams: eventStreams.limit, waits: waits.limit },
    now,
    maxWaiting: config.maxWaiting,
  });
  const payments = new Payments({ orm, config, producer, backlog, registry, now, log });
  void listen(openRedis(world.redis, new RedisLine(world.redis)), redisPrefix, {
    outcomes(announcements) {
      const caches = [queueEntries, queuesInMemory, concertQueues, seatCounts];
      for (const each of [outcomes, ...caches, metrics.commands, backlog, payments.waits])
        each.onAnnouncements(announcements);
    },
    admission: (reached) => queuesInMemory.onAdmission(reached),
    gap() {
      queueEntries.forgetActive();
      concertQueues.forgetAll();
    },
  });
  // As a process that cannot start; another one takes its place.
  queuesInMemory.start().catch(() => process.crash());
  backlog.start();
  presence.start();
  return mount({
    version: 'sim',
    orm,
    ...queueViews,
    outcomes,
    waits,
    payments,
    saleRules: config,
    rateLimit,
    now,
    accessTokens: new AccessTokens(config),
    ticketCodes: new TicketCodes(config.ticketSecrets),
    performances: new Performances(async (id) => (await readPerformances(orm, [id])).get(id)),
    enqueueDeps: { keys, producer, receipts, backlog, settings: config },
    seatMaps: new SeatMaps(seatReads(orm)),
    eventStreams,
    seatCounts,
    cors: new Cors(config.corsOrigins),
    health: {
      checks: {
        postgres: async () => undefined,
        redis: async () => undefined,
        lanes: async () => undefined,
      },
      isStopping: () => outcomes.isStopping,
      metrics: () => metrics.text(),
    },
    isDevIssuerOn: config.devIssuer,
    adminLogin: undefined,
    bullBoard: { laneQueues: [], otherQueues: [], ownershipOf: () => undefined },
    webhooks: { secret: config.queueTokenSecret, isPrivateAllowed: false },
    metrics,
    traces: undefined,
    log,
  } as unknown as AppDeps);
}

function mount(deps: AppDeps): Hono {
  const app = new Hono();
  app.onError((error, c) =>
    errorResponse(deps.log, error, c, openRequestContext(c), () => undefined),
  );
  const routed = { ...deps, noticeProxy: () => undefined };
  for (const route of apiRoutes(deps)) mountRoute(app, routed, route);
  return app;
}
