/** What stands in the environment: every setting with its default and its limits. */
import { z } from 'zod';

const wholeNumber = (from: number, to: number, fallback: number) =>
  z.coerce.number({ error: 'must be a whole number' }).int().min(from).max(to).default(fallback);

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

const isOrigin = (text: string) =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;

/** `*`, or origins with commas between them, written as browsers send them. */
const corsOrigins = z
  .string()
  .transform((value) => value.split(',').map((origin) => origin.trim()))
  .refine((origins) => origins.join() === '*' || origins.every(isOrigin), {
    error:
      'must be * or origins such as https://shop.example, with commas between them, without a path or a final slash',
  });

const SECRET_BYTES_MIN = 32;
const secret = z
  .string()
  .refine(
    (value) => Buffer.byteLength(value) >= SECRET_BYTES_MIN,
    `must be at least ${SECRET_BYTES_MIN} bytes long, or its signatures can be guessed`,
  );

export const environmentSchema = z.object({
  /** `production` refuses what is only fit for trying things out. */
  NODE_ENV: z
    .string()
    .transform((name) => name.trim().toLowerCase())
    .optional(),
  PORT: wholeNumber(0, 65_535, 3000),
  /** Where a worker answers probes and Prometheus; 0 for nowhere. */
  WORKER_PORT: wholeNumber(0, 65_535, 0),
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  /** How long Redis may owe a reply, in ms. Workers block on it for a second at a time, which does not count. */
  REDIS_TIMEOUT_MS: wholeNumber(200, 60_000, 2000),
  /** How long an API process waits for the result of a statement, in ms. */
  DATABASE_TIMEOUT_MS: wholeNumber(200, 60_000, 3000),
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
  WAITS_PER_USER: wholeNumber(1, 1_000_000, 2000),
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
  ADMIN_USER: z
    .string()
    .min(1)
    .regex(/^[^:]*$/, 'must not have a colon: HTTP Basic ends the name there')
    .default('admin'),
  ADMIN_PASSWORD: z.string().min(12, 'must have at least 12 characters').optional(),
  /** Pages of which origins may call the API from a browser; none without it. */
  CORS_ORIGINS: corsOrigins.default([]),
  /** Proxies in front of an API process that add their client's address to `X-Forwarded-For`. */
  TRUSTED_PROXIES: wholeNumber(0, 10, 0),
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
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number({ error: 'must be a number from 0 to 1' })
    .min(0)
    .max(1)
    .default(1),
  /** Set by the embedded run only: a port that is taken makes the API listen on the next free one. */
  EMBEDDED: flag(false),
});

export type Settings = z.infer<typeof environmentSchema>;
