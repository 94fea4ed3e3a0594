/**
 * The settings of both processes: read from the environment once, validated and frozen. No other file reads the
 * environment; entry points call `readConfig` and pass the result on.
 */
import { type PaymentConfig, toPaymentConfig } from './payment-config.ts';
import { type Check, contradictions, doubts } from './setting-checks.ts';
import { environmentSchema, type Settings } from './settings.ts';

/** The settings, with the unit in the name. Frozen. */
export interface Config {
  readonly port: number;
  readonly portMayMove: boolean;
  /** The port of a worker for probes and Prometheus; 0 disables it. */
  readonly workerPort: number;
  readonly databaseUrl: string;
  /** One server, or the nodes of a cluster separated by commas. */
  readonly redisUrl: string;
  readonly redisPrefix: string;
  /** The timeout of a Redis reply. */
  readonly redisTimeoutMs: number;
  /** The statement timeout of an API process. */
  readonly databaseTimeoutMs: number;
  readonly seatLanes: number;
  readonly userLanes: number;
  readonly batchSize: number;
  readonly laneLimit: number;
  /** Commands per user in ten seconds; 0 disables the limit. */
  readonly rateLimit: number;
  /** Limits of open event streams and of requests waiting for an outcome, per API process and per user in it. */
  readonly streamsMax: number;
  readonly streamsPerUser: number;
  readonly waitsMax: number;
  readonly waitsPerUser: number;
  readonly holdMs: number;
  readonly holdGraceMs: number;
  readonly admitLimit: number;
  readonly admitWindowMs: number;
  readonly maxActive: number;
  /** The limit of active users over all queues; 0 for none. */
  readonly maxActiveTotal: number;
  readonly maxWaiting: number;
  readonly queueTokenMs: number;
  /** A waiting user who has not polled for this long is inactive and skipped at admission. */
  readonly waitingIdleMs: number;
  readonly waitingGoneMs: number;
  /** An admitted user who has not used the queue token for this long loses the slot to the next user. */
  readonly claimMs: number;
  /** Live bookings per user and schedule. */
  readonly seatsPerUserMax: number;
  /** A paid booking can be cancelled until this long before the performance starts. */
  readonly cancelUntilMs: number;
  readonly jwtSecret: string | undefined;
  readonly jwksUrl: string | undefined;
  readonly queueTokenSecret: string;
  /** The first signs the codes of tickets; codes signed with the others are valid too. */
  readonly ticketSecrets: readonly string[];
  readonly jwtIssuer: string;
  readonly jwtAudience: string;
  readonly devIssuer: boolean;
  readonly adminUser: string;
  readonly adminPassword: string | undefined;
  /** The origins that may call the API from a browser; `*` allows all. */
  readonly corsOrigins: readonly string[];
  /** How many proxies in front of an API process append their client's address to `X-Forwarded-For`. */
  readonly trustedProxies: number;
  readonly webhookAllowPrivate: boolean;
  /** The limit of pending messages per webhook; further messages are dropped. */
  readonly webhookPendingMax: number;
  readonly payments: PaymentConfig;
  readonly logLevel: string;
  /** The OTLP/HTTP endpoint for traces; undefined disables tracing. */
  readonly otlpEndpoint: string | undefined;
  /** The share of requests that is traced, 0 to 1. */
  readonly traceShare: number;
}

/** The settings are invalid. Each sentence names a setting and the reason. Entry points print them and exit. */
export class ConfigError extends Error {
  readonly sentences: readonly string[];
  constructor(sentences: readonly string[]) {
    super(`The settings are invalid:\n${sentences.map((s) => `  - ${s}`).join('\n')}`);
    this.name = 'ConfigError';
    this.sentences = sentences;
  }
}

/**
 * Reads and validates the settings.
 * @returns the frozen settings, and warnings about settings that are probably unintended
 * @throws {ConfigError} with all errors at once; the values of secrets are never included
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
  const queueTokenSecret = s.QUEUE_TOKEN_SECRET ?? (s.JWT_SECRET as string);
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
    maxActiveTotal: s.MAX_ACTIVE_TOTAL,
    maxWaiting: s.MAX_WAITING,
    queueTokenMs: s.QUEUE_TOKEN_SECONDS * 1000,
    waitingIdleMs: s.WAITING_IDLE_SECONDS * 1000,
    waitingGoneMs: s.WAITING_GONE_MINUTES * 60_000,
    claimMs: s.CLAIM_SECONDS * 1000,
    seatsPerUserMax: s.MAX_SEATS_PER_USER,
    cancelUntilMs: s.CANCEL_UNTIL_HOURS * 3_600_000,
    jwtSecret: s.JWT_SECRET,
    jwksUrl: s.JWKS_URL,
    queueTokenSecret,
    ticketSecrets: s.TICKET_SECRETS ?? [queueTokenSecret],
    jwtIssuer: s.JWT_ISSUER,
    jwtAudience: s.JWT_AUDIENCE,
    devIssuer: s.DEV_ISSUER,
    adminUser: s.ADMIN_USER,
    adminPassword: s.ADMIN_PASSWORD,
    corsOrigins: s.CORS_ORIGINS,
    trustedProxies: s.TRUSTED_PROXIES,
    webhookAllowPrivate: s.WEBHOOK_ALLOW_PRIVATE,
    webhookPendingMax: s.WEBHOOK_PENDING_MAX,
    payments: Object.freeze(toPaymentConfig(s)),
    logLevel: s.LOG_LEVEL,
    otlpEndpoint: s.OTEL_EXPORTER_OTLP_ENDPOINT,
    traceShare: s.OTEL_TRACES_SAMPLER_ARG,
  };
}
