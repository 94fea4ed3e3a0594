/** Assembles an API process: connections, reads, app, server. `main.ts` and tests run it. */
import type { Logger } from 'pino';
import { openConnections } from './api-connections.ts';
import type { Config } from './config/config.ts';
import { checkDatabase } from './db/connection/orm.ts';
import { checkLaneCounts, settleLaneCounts } from './db/lanes/counts.ts';
import { notePresence, noteWatch } from './db/presence.ts';
import { DatabaseClock } from './db/reads/clock.ts';
import { readLaneOwnership } from './db/reads/lane-owners.ts';
import { seatReads } from './db/reads/places/seats.ts';
import { ReceiptReader } from './db/reads/receipts.ts';
import { TimelineWatch } from './db/reads/timeline.ts';
import { createApp } from './http/app.ts';
import { AccessTokens } from './http/auth/access-tokens.ts';
import { adminLoginOf } from './http/auth/login.ts';
import { Cors } from './http/cors.ts';
import { EventStreams } from './http/events/event-streams.ts';
import { Waits } from './http/jobs/waits.ts';
import { LaneOwners } from './http/ops/lane-ownership.ts';
import { Metrics } from './http/ops/metrics.ts';
import { Payments } from './http/payments/payments.ts';
import { refuseUnreadable as refuse } from './http/problems/unreadable.ts';
import { openQueueViews } from './http/queue/open.ts';
import { openReads } from './http/reads/open.ts';
import { SeatMaps } from './http/seat-maps/seat-maps.ts';
import { loadWebFiles } from './http/static/web-files.ts';
import { TicketCodes } from './http/tickets/ticket-codes.ts';
import { listen } from './lanes/announcements.ts';
import { Backlog } from './lanes/backlog.ts';
import { areLanesBusy } from './lanes/bullmq/inspect.ts';
import { BullmqProducer } from './lanes/bullmq/producer.ts';
import { refuseUntestedBullmq } from './lanes/bullmq/version.ts';
import { IdempotencyKeys } from './lanes/idempotency/idempotency-keys.ts';
import { laneCountsIn } from './lanes/lanes.ts';
import { Outcomes } from './lanes/outcomes.ts';
import { RateLimit } from './lanes/rate-limit/rate-limit.ts';
import { checkRedis } from './lanes/redis/redis.ts';
import { openTraces } from './observe/open-traces.ts';
import { openRegistry } from './observe/registry.ts';
import { closeServer, firstFreePort, listenOn } from './runtime/server.ts';
import { type ClosingSteps, closeInOrder } from './runtime/shutdown.ts';
import { version } from './runtime/version.ts';

export interface RunningApi {
  port: number;
  /** Stops accepting requests, ends pending waits, closes the connections. */
  closing: ClosingSteps;
  /** Runs the steps of `closing`. */
  stop(): Promise<void>;
}

/**
 * Starts an API process.
 * @throws UntestedBullmq, LaneCountsDiffer, PortUnusable, or Error if PostgreSQL or Redis cannot be reached, or a file of the pages cannot be read
 */
export async function startApi({ config, log }: { config: Config; log: Logger }) {
  refuseUntestedBullmq();
  const webFiles = loadWebFiles();
  const opened = await openConnections(config, log);
  const { orm, laneQueues, otherQueues } = opened;
  const { commands: redis, outcomes: subscriber } = opened.redis;
  const receipts = new ReceiptReader(orm);
  const clock = new DatabaseClock(orm);
  const now = () => clock.now();
  const producer = new BullmqProducer(redis, { ...config, queues: laneQueues, now });
  const outcomes = new Outcomes(producer, receipts);
  const waits = new Waits(outcomes, { max: config.waitsMax, perUser: config.waitsPerUser });
  const eventStreams = new EventStreams({ max: config.streamsMax, perUser: config.streamsPerUser });
  const backlog = new Backlog(producer, [...laneQueues.keys()], { ...config, now });
  const keys = new IdempotencyKeys(redis, config);
  const rateLimit = new RateLimit(redis, { ...config, now });
  const queueViews = openQueueViews({
    orm,
    config,
    notePresence: (notes) => notePresence(orm, notes),
    // Without Redis no poll is answered, so nobody can be seen.
    noteWatch: () => checkRedis(redis, config.redisPrefix).then(() => noteWatch(orm)),
    now,
  });
  const { queuesInMemory, queueEntries, presence, concertQueues } = queueViews;
  const seatMaps = new SeatMaps(seatReads(orm));
  const reads = openReads(orm, now);
  const { catalogue, seatCounts, enteredCounts } = reads;
  const timeline = new TimelineWatch(orm, () => {
    log.warn('PostgreSQL switched to another timeline (failover); dropped all cached rows.');
    const caches = [queueEntries, queuesInMemory, presence, concertQueues, seatMaps, catalogue];
    for (const each of caches) each.forgetAll();
  });
  const laneOwners = new LaneOwners(() => readLaneOwnership(orm));
  const writes = {
    postgres: () => checkDatabase(orm),
    redis: () => checkRedis(redis, config.redisPrefix),
  };
  const registry = openRegistry({
    pool: await orm.em.getConnection().getNativeClient(),
    redis: opened.redis,
    writes,
  });
  const metrics = new Metrics({
    registry,
    backlog,
    outcomes,
    laneOwners,
    queuesInMemory,
    limits: { streams: eventStreams.limit, waits: waits.limit },
    now,
    maxWaiting: config.maxWaiting,
  });
  const payments = new Payments({ orm, config, producer, backlog, registry, now, log });
  const traces = await openTraces({ ...config, service: 'seatlane-api', log });

  const closeConnections = async () => {
    const timed = [clock, timeline, backlog, laneOwners, rateLimit, queuesInMemory, presence];
    await Promise.all(timed.map((each) => each.stop()));
    outcomes.close();
    await Promise.all([opened.close(), traces?.close()]);
  };

  try {
    const counts = laneCountsIn(config);
    await settleLaneCounts(orm, counts, (old) => areLanesBusy(redis, old, config.redisPrefix));
    await listen(subscriber, config.redisPrefix, {
      outcomes(announcements) {
        // What is kept is dropped before anybody learns of an outcome.
        const queues = [queueEntries, queuesInMemory, concertQueues];
        const caches = [...queues, catalogue, seatCounts, enteredCounts];
        const listeners = [...caches, outcomes, metrics.commands, backlog, payments.waits];
        for (const each of listeners) each.onAnnouncements(announcements);
      },
      admission: (reached) => queuesInMemory.onAdmission(reached),
      gap() {
        queueEntries.forgetActive();
        for (const each of [concertQueues, catalogue]) each.forgetAll();
      },
    });
    await Promise.all([clock, queuesInMemory, laneOwners, timeline].map((each) => each.start()));
    backlog.start();
    presence.start();
    const app = createApp({
      version,
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
      enqueueDeps: { keys, producer, receipts, backlog, settings: config },
      seatMaps,
      eventStreams,
      ...reads,
      cors: new Cors(config.corsOrigins),
      health: {
        checks: { ...writes, lanes: () => checkLaneCounts(orm, counts) },
        isStopping: () => outcomes.isStopping,
        metrics: () => metrics.text(),
      },
      isDevIssuerOn: config.devIssuer,
      adminLogin: adminLoginOf(config),
      bullBoard: {
        laneQueues: laneQueues.values(),
        otherQueues,
        ownershipOf: (lane) => laneOwners.of(lane),
      },
      webhooks: { secret: config.queueTokenSecret, isPrivateAllowed: config.webhookAllowPrivate },
      metrics,
      webFiles: await webFiles,
      traces,
      log,
    });
    const port = config.portMayMove ? await firstFreePort(config.port) : config.port;
    const { server, port: listened } = await listenOn(port, app.fetch, { refuse });
    const closing: ClosingSteps = {
      'requests in flight': async () => {
        for (const each of [outcomes, payments.waits]) each.stopWaiting();
        seatMaps.stop();
        eventStreams.stop();
        await closeServer(server);
      },
      connections: closeConnections,
    };
    return { port: listened, closing, stop: () => closeInOrder(closing) } satisfies RunningApi;
  } catch (error) {
    await closeConnections();
    throw error;
  }
}
