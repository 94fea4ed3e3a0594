/**
 * The settings of both processes: read from the environment once, checked, frozen.
 * No other file reads the environment; entry points read this and hand it down.
 */
import { z } from 'zod';

const wholeNumber = (from: number, to: number, fallback: number) =>
  z.coerce.number().int().min(from).max(to).default(fallback);

const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0', 'on', 'off'])
    .default(fallback ? 'true' : 'false')
    .transform((value) => value === 'true' || value === '1' || value === 'on');

const serviceUrl = (scheme: RegExp, name: string, example: string) =>
  z
    .url({ protocol: scheme, error: `must be a ${name} address such as ${example}` })
    .or(z.undefined().refine(() => false, `is missing: set it to a ${name} address (${example})`));

const SECRET_BYTES_MIN = 32;
const secret = z
  .string()
  .refine(
    (value) => Buffer.byteLength(value) >= SECRET_BYTES_MIN,
    `must be at least ${SECRET_BYTES_MIN} bytes long, or its signatures can be guessed`,
  );

const environmentSchema = z.object({
  PORT: wholeNumber(0, 65_535, 3000),
  DATABASE_URL: serviceUrl(/^postgres(ql)?$/, 'PostgreSQL', 'postgres://user:secret@host/name'),
  REDIS_URL: serviceUrl(/^rediss?$/, 'Redis', 'redis://host:6379'),
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w{}-]{1,40}$/)
    .default('seatlane'),
  SEAT_LANES: wholeNumber(1, 64, 8),
  USER_LANES: wholeNumber(1, 64, 8),
  BATCH_SIZE: wholeNumber(1, 5000, 256),
  LANE_LIMIT: wholeNumber(1, 10_000_000, 20_000),
  HOLD_SECONDS: wholeNumber(1, 86_400, 300),
  HOLD_GRACE_SECONDS: wholeNumber(0, 3600, 10),
  ADMIT_LIMIT: wholeNumber(1, 1_000_000, 250),
  ADMIT_WINDOW_SECONDS: wholeNumber(1, 3600, 10),
  MAX_ACTIVE: wholeNumber(1, 10_000_000, 1000),
  MAX_WAITING: wholeNumber(1, 100_000_000, 1_000_000),
  QUEUE_TOKEN_SECONDS: wholeNumber(1, 86_400, 300),
  WAITING_IDLE_SECONDS: wholeNumber(5, 86_400, 60),
  CLAIM_SECONDS: wholeNumber(5, 86_400, 120),
  MAX_SEATS_PER_USER: wholeNumber(1, 1_000_000, 10),
  CANCEL_UNTIL_HOURS: wholeNumber(0, 8760, 24),
  JWT_SECRET: secret.optional(),
  JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  QUEUE_TOKEN_SECRET: secret.optional(),
  JWT_ISSUER: z.string().min(1).default('seatlane'),
  JWT_AUDIENCE: z.string().min(1).default('seatlane'),
  DEV_ISSUER: flag(false),
  ADMIN_USER: z.string().min(1).default('admin'),
  ADMIN_PASSWORD: z.string().min(12, 'must have at least 12 characters').optional(),
  /** Webhooks may go to http, loopback and private addresses. */
  WEBHOOK_ALLOW_PRIVATE: flag(false),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Set by the embedded run only: a port that is taken makes the API listen on the next free one. */
  EMBEDDED: flag(false),
});

/** Settings that contradict each other: each check gives a sentence, or nothing. */
const contradictions: ((settings: Settings) => string | false)[] = [
  (s) =>
    !s.JWT_SECRET &&
    !s.JWKS_URL &&
    'JWT_SECRET or JWKS_URL is missing: without one of them no access token can be checked.',
  (s) =>
    Boolean(s.JWT_SECRET && s.JWKS_URL) &&
    'JWT_SECRET and JWKS_URL are both set: access tokens are checked by one or the other.',
  (s) =>
    Boolean(s.JWKS_URL) &&
    !s.JWT_SECRET &&
    !s.QUEUE_TOKEN_SECRET &&
    'QUEUE_TOKEN_SECRET is missing: with JWKS_URL there is no JWT_SECRET to derive the key of queue tokens from.',
  (s) =>
    s.DEV_ISSUER &&
    !s.JWT_SECRET &&
    'DEV_ISSUER is on without JWT_SECRET: the development issuer has nothing to sign with.',
];

/** Settings that work but are probably not meant. */
const doubts: ((settings: Settings) => string | false)[] = [
  (s) =>
    s.DEV_ISSUER && !s.EMBEDDED && 'DEV_ISSUER is on: anybody can get a token for any subject.',
  (s) =>
    !s.ADMIN_PASSWORD &&
    'ADMIN_PASSWORD is not set: the dashboard at /admin/queues is switched off.',
  (s) =>
    s.QUEUE_TOKEN_SECONDS < s.HOLD_SECONDS &&
    !s.EMBEDDED &&
    `QUEUE_TOKEN_SECONDS (${s.QUEUE_TOKEN_SECONDS}) is shorter than HOLD_SECONDS (${s.HOLD_SECONDS}): a buyer can lose the right to pay while the seat is still held.`,
  (s) =>
    (s.SEAT_LANES < 8 || s.USER_LANES < 8) &&
    'Fewer than 8 lanes of a kind leave little to share among worker processes.',
];

type Settings = z.infer<typeof environmentSchema>;

/** The settings, with units in their names where they have one. Frozen. */
export interface Config {
  readonly port: number;
  readonly portMayMove: boolean;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisPrefix: string;
  readonly seatLanes: number;
  readonly userLanes: number;
  readonly batchSize: number;
  readonly laneLimit: number;
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
  readonly webhookAllowPrivate: boolean;
  readonly logLevel: string;
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

function sentences(checks: ((s: Settings) => string | false)[], settings: Settings): string[] {
  return checks.map((check) => check(settings)).filter((sentence) => sentence !== false);
}

function toConfig(s: Settings): Config {
  return {
    port: s.PORT,
    portMayMove: s.EMBEDDED,
    databaseUrl: s.DATABASE_URL as string,
    redisUrl: s.REDIS_URL as string,
    redisPrefix: s.REDIS_PREFIX,
    seatLanes: s.SEAT_LANES,
    userLanes: s.USER_LANES,
    batchSize: s.BATCH_SIZE,
    laneLimit: s.LANE_LIMIT,
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
    webhookAllowPrivate: s.WEBHOOK_ALLOW_PRIVATE,
    logLevel: s.LOG_LEVEL,
  };
}
