/**
 * The settings of both processes: read from the environment once, checked, frozen.
 * No other file reads the environment; entry points read this and hand it down.
 */
import { type Check, contradictions, doubts } from './setting-checks.ts';
import { environmentSchema, type Settings } from './settings.ts';

/** The settings, with units in their names where they have one. Frozen. */
export interface Config {
  readonly port: number;
  readonly portMayMove: boolean;
  /** Where a worker answers probes and Prometheus; 0 for nowhere. */
  readonly workerPort: number;
  readonly databaseUrl: string;
  /** One server, or with commas between them nodes of a cluster. */
  readonly redisUrl: string;
  readonly redisPrefix: string;
  /** How long Redis may owe a reply. */
  readonly redisTimeoutMs: number;
  /** How long an API process waits for the result of a statement. */
  readonly databaseTimeoutMs: number;
  readonly seatLanes: number;
  readonly userLanes: number;
  readonly batchSize: number;
  readonly laneLimit: number;
  /** Commands a user in ten seconds; 0 for no limit. */
  readonly rateLimit: number;
  /** Event streams, and requests that wait for an outcome, which an API process has open at a time; in all, and of a user. */
  readonly streamsMax: number;
  readonly streamsPerUser: number;
  readonly waitsMax: number;
  readonly waitsPerUser: number;
  readonly holdMs: number;
  readonly holdGraceMs: number;
  readonly admitLimit: number;
  readonly admitWindowMs: number;
  readonly maxActive: number;
  readonly maxWaiting: number;
  readonly queueTokenMs: number;
  /** Who has not looked for so long is passed over at admission. */
  readonly waitingIdleMs: number;
  /** Who has not used the queue token for so long gives the place on. */
  readonly claimMs: number;
  /** Live bookings a user and schedule. */
  readonly seatsPerUserMax: number;
  /** How long before the start a paid booking can be cancelled at the latest. */
  readonly cancelUntilMs: number;
  readonly jwtSecret: string | undefined;
  readonly jwksUrl: string | undefined;
  readonly queueTokenSecret: string;
  readonly jwtIssuer: string;
  readonly jwtAudience: string;
  readonly devIssuer: boolean;
  readonly adminUser: string;
  readonly adminPassword: string | undefined;
  /** Pages of which origins may call the API from a browser: `*` for all. */
  readonly corsOrigins: readonly string[];
  /** Proxies in front of an API process that add their client's address to `X-Forwarded-For`. */
  readonly trustedProxies: number;
  readonly webhookAllowPrivate: boolean;
  /** Messages that may be pending for one webhook; those beyond are dropped. */
  readonly webhookPendingMax: number;
  readonly logLevel: string;
  /** Where traces go, over OTLP and HTTP; no traces without it. */
  readonly otlpEndpoint: string | undefined;
  /** The part of the requests that is traced, 0 to 1. */
  readonly traceShare: number;
}

/** The settings make no sense: each sentence says which and why. Entry points print it and stop. */
export class ConfigError extends Error {
  readonly sentences: readonly string[];
  constructor(sentences: readonly string[]) {
    super(`The settings make no sense:\n${sentences.map((s) => `  - ${s}`).join('\n')}`);
    this.name = 'ConfigError';
    this.sentences = sentences;
  }
}

/**
 * Reads and checks the settings.
 * @returns the frozen settings, and warnings for those that are probably not meant
 * @throws {ConfigError} naming everything that is wrong at once; values of secrets are never repeated
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): {
  config: Config;
  warnings: string[];
} {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}.`));
  }
  const settings = parsed.data;
  const wrong = sentences(contradictions, settings);
  if (wrong.length > 0) throw new ConfigError(wrong);
  return { config: Object.freeze(toConfig(settings)), warnings: sentences(doubts, settings) };
}

function sentences(checks: readonly Check[], settings: Settings): string[] {
  return checks.map((check) => check(settings)).filter((sentence) => sentence !== false);
}

function toConfig(s: Settings): Config {
  return {
    port: s.PORT,
    portMayMove: s.EMBEDDED,
    workerPort: s.WORKER_PORT,
    databaseUrl: s.DATABASE_URL,
    redisUrl: s.REDIS_URL,
    redisPrefix: s.REDIS_PREFIX,
    redisTimeoutMs: s.REDIS_TIMEOUT_MS,
    databaseTimeoutMs: s.DATABASE_TIMEOUT_MS,
    seatLanes: s.SEAT_LANES,
    userLanes: s.USER_LANES,
    batchSize: s.BATCH_SIZE,
    laneLimit: s.LANE_LIMIT,
    rateLimit: s.RATE_LIMIT,
    streamsMax: s.STREAMS_MAX,
    streamsPerUser: s.STREAMS_PER_USER,
    waitsMax: s.WAITS_MAX,
    waitsPerUser: s.WAITS_PER_USER,
    holdMs: s.HOLD_SECONDS * 1000,
    holdGraceMs: s.HOLD_GRACE_SECONDS * 1000,
    admitLimit: s.ADMIT_LIMIT,
    admitWindowMs: s.ADMIT_WINDOW_SECONDS * 1000,
    maxActive: s.MAX_ACTIVE,
    maxWaiting: s.MAX_WAITING,
    queueTokenMs: s.QUEUE_TOKEN_SECONDS * 1000,
    waitingIdleMs: s.WAITING_IDLE_SECONDS * 1000,
    claimMs: s.CLAIM_SECONDS * 1000,
    seatsPerUserMax: s.MAX_SEATS_PER_USER,
    cancelUntilMs: s.CANCEL_UNTIL_HOURS * 3_600_000,
    jwtSecret: s.JWT_SECRET,
    jwksUrl: s.JWKS_URL,
    queueTokenSecret: s.QUEUE_TOKEN_SECRET ?? (s.JWT_SECRET as string),
    jwtIssuer: s.JWT_ISSUER,
    jwtAudience: s.JWT_AUDIENCE,
    devIssuer: s.DEV_ISSUER,
    adminUser: s.ADMIN_USER,
    adminPassword: s.ADMIN_PASSWORD,
    corsOrigins: s.CORS_ORIGINS,
    trustedProxies: s.TRUSTED_PROXIES,
    webhookAllowPrivate: s.WEBHOOK_ALLOW_PRIVATE,
    webhookPendingMax: s.WEBHOOK_PENDING_MAX,
    logLevel: s.LOG_LEVEL,
    otlpEndpoint: s.OTEL_EXPORTER_OTLP_ENDPOINT,
    traceShare: s.OTEL_TRACES_SAMPLER_ARG,
  };
}
