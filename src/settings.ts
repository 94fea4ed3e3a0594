/** What stands in the environment: every setting with its default, its limits, and what does not go together. */
import { z } from 'zod';

const wholeNumber = (from: number, to: number, fallback: number) =>
  z.coerce.number().int().min(from).max(to).default(fallback);

const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0', 'on', 'off'])
    .default(fallback ? 'true' : 'false')
    .transform((value) => value === 'true' || value === '1' || value === 'on');

const databaseUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: ({ input }) =>
    `${input === undefined ? 'is missing: it must' : 'must'} be a PostgreSQL address such as postgres://user:secret@host/name`,
});

const isRedisUrl = (url: string) =>
  URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol) && new URL(url).hostname !== '';

/** One server, or with commas between them nodes of a cluster. */
const redisUrl = z
  .string({ error: 'is missing: it must be a Redis address such as redis://host:6379' })
  .transform((value) => value.split(',').map((url) => url.trim()))
  .refine((urls) => urls.every(isRedisUrl), {
    error:
      'must be a Redis address such as redis://host:6379, or nodes of a Redis Cluster with commas between them',
    abort: true,
  })
  .refine((urls) => urls.length === 1 || new Set(urls.map(accessOf)).size === 1, {
    error: 'names nodes of one cluster with different schemes, users or passwords',
  })
  .refine((urls) => urls.length === 1 || urls.every((url) => isFirstDatabase(new URL(url))), {
    error: 'names a database of a cluster, which has one only: leave the number away',
  })
  .transform((urls) => urls.join());

function accessOf(url: string): string {
  const { protocol, username, password } = new URL(url);
  return [protocol, username, password].join();
}

const isFirstDatabase = ({ pathname }: URL) => ['', '/', '/0'].includes(pathname);

const SECRET_BYTES_MIN = 32;
const secret = z
  .string()
  .refine(
    (value) => Buffer.byteLength(value) >= SECRET_BYTES_MIN,
    `must be at least ${SECRET_BYTES_MIN} bytes long, or its signatures can be guessed`,
  );

/** What people write while they try things out, and forget. */
const PLACEHOLDER = /change.?me|secret|passw|example|default|placeholder|seatlane|12345|qwert/i;
const CHARACTERS_MIN = 8;

/** Whether a secret looks like one that was never changed. */
function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || new Set(value).size < CHARACTERS_MIN;
}

const SECRETS = ['JWT_SECRET', 'QUEUE_TOKEN_SECRET', 'ADMIN_PASSWORD'] as const;

export const environmentSchema = z.object({
  /** `production` refuses what is only fit for trying things out. */
  NODE_ENV: z.string().optional(),
  PORT: wholeNumber(0, 65_535, 3000),
  /** Where a worker answers probes and Prometheus; 0 for nowhere. */
  WORKER_PORT: wholeNumber(0, 65_535, 0),
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  /** No braces: each queue's keys have a hash tag of their own. */
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w-]{1,40}$/, 'must be 1 to 40 letters, digits, hyphens or underscores')
    .default('seatlane'),
  SEAT_LANES: wholeNumber(1, 64, 8),
  USER_LANES: wholeNumber(1, 64, 8),
  BATCH_SIZE: wholeNumber(1, 5000, 256),
  LANE_LIMIT: wholeNumber(1, 10_000_000, 20_000),
  RATE_LIMIT: wholeNumber(0, 10_000_000, 3000),
  STREAMS_MAX: wholeNumber(1, 1_000_000, 10_000),
  STREAMS_PER_USER: wholeNumber(1, 1_000_000, 20),
  WAITS_MAX: wholeNumber(1, 1_000_000, 10_000),
  WAITS_PER_USER: wholeNumber(1, 1_000_000, 200),
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
  WEBHOOK_PENDING_MAX: wholeNumber(1, 1_000_000, 10_000),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** The standard names: the OpenTelemetry libraries know their other settings by them too. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({
      protocol: /^https?$/,
      error: 'must be the address of an OTLP collector such as http://localhost:4318',
    })
    .optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  /** Set by the embedded run only: a port that is taken makes the API listen on the next free one. */
  EMBEDDED: flag(false),
});

export type Settings = z.infer<typeof environmentSchema>;

/** Gives a sentence where something is wrong. */
export type Check = (settings: Settings) => string | false;

/** Settings that contradict each other. */
export const contradictions: readonly Check[] = [
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
  (s) =>
    isProduction(s) &&
    s.DEV_ISSUER &&
    'DEV_ISSUER is on with NODE_ENV=production: anybody could get a token for any subject.',
  ...SECRETS.map(
    (name) => (s: Settings) =>
      isProduction(s) &&
      isPlaceholder(s[name] ?? randomLooking) &&
      `${name} looks like a default with NODE_ENV=production: make one with \`openssl rand -base64 32\`.`,
  ),
];

const isProduction = (s: Settings) => s.NODE_ENV === 'production';
/** Stands for a secret that is not set, which other checks judge. */
const randomLooking = 'abcdefgh';

/** Settings that work but are probably not meant. */
export const doubts: readonly Check[] = [
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
