/** The environment variables: every setting with its default and its limits. */
import { z } from 'zod';
import { databaseUrl } from './database-address.ts';
import { paymentSettings } from './payment-settings.ts';
import {
  flag,
  isLongEnough,
  isOrigin,
  SECRET_BYTES_MIN,
  secret,
  wholeNumber,
} from './setting-types.ts';

const isRedisUrl = (url: string) =>
  URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol) && new URL(url).hostname !== '';

/** One server, or the nodes of a cluster separated by commas. */
const redisUrl = z
  .string({ error: 'is missing: it must be a Redis address such as redis://host:6379' })
  .transform((value) => value.split(',').map((url) => url.trim()))
  .refine((urls) => urls.every(isRedisUrl), {
    error:
      'must be a Redis address such as redis://host:6379, or the nodes of a Redis Cluster separated by commas',
    abort: true,
  })
  .refine((urls) => urls.length === 1 || new Set(urls.map(accessOf)).size === 1, {
    error: 'must use the same scheme, user and password for all nodes of the cluster',
  })
  .refine((urls) => urls.length === 1 || urls.every((url) => isFirstDatabase(new URL(url))), {
    error: 'names a database number, but a Redis Cluster has only one database: omit the number',
  })
  .transform((urls) => urls.join());

function accessOf(url: string): string {
  const { protocol, username, password } = new URL(url);
  return [protocol, username, password].join();
}

const isFirstDatabase = ({ pathname }: URL) => ['', '/', '/0'].includes(pathname);

/** `*`, or origins separated by commas, written as browsers send them. */
const corsOrigins = z
  .string()
  .transform((value) => value.split(',').map((origin) => origin.trim()))
  .refine((origins) => origins.join() === '*' || origins.every(isOrigin), {
    error:
      'must be * or origins such as https://shop.example, separated by commas, without a path or a trailing slash',
  });

/** Secrets separated by commas, so that none contains a comma. */
const secrets = z
  .string()
  .transform((value) => value.split(',').map((each) => each.trim()))
  .refine((all) => all.every(isLongEnough), {
    error: `must be secrets of at least ${SECRET_BYTES_MIN} bytes, separated by commas`,
    abort: true,
  })
  .refine((all) => new Set(all).size === all.length, { error: 'names a secret twice' });

export const environmentSchema = z.object({
  /** `production` rejects settings that are safe only for development. */
  NODE_ENV: z
    .string()
    .transform((name) => name.trim().toLowerCase())
    .optional(),
  PORT: wholeNumber(0, 65_535, 3000),
  /** The port of a worker for probes and Prometheus; 0 disables it. */
  WORKER_PORT: wholeNumber(0, 65_535, 0),
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  /** The timeout of a Redis reply, in ms. It does not include the second for which a worker's wait blocks. */
  REDIS_TIMEOUT_MS: wholeNumber(200, 60_000, 2000),
  /** The statement timeout of an API process, in ms. */
  DATABASE_TIMEOUT_MS: wholeNumber(200, 60_000, 3000),
  /** Braces are not allowed, because each queue's keys have their own hash tag. */
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
  /** The limit of active users over all queues; 0 for none. */
  MAX_ACTIVE_TOTAL: wholeNumber(0, 10_000_000, 0),
  MAX_WAITING: wholeNumber(1, 100_000_000, 1_000_000),
  QUEUE_TOKEN_SECONDS: wholeNumber(1, 86_400, 300),
  WAITING_IDLE_SECONDS: wholeNumber(5, 86_400, 60),
  /** After this time without a poll, waiting ends. */
  WAITING_GONE_MINUTES: wholeNumber(20, 10_080, 30),
  CLAIM_SECONDS: wholeNumber(5, 86_400, 120),
  MAX_SEATS_PER_USER: wholeNumber(1, 1_000_000, 10),
  CANCEL_UNTIL_HOURS: wholeNumber(0, 8760, 24),
  JWT_SECRET: secret.optional(),
  JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  QUEUE_TOKEN_SECRET: secret.optional(),
  /** The first signs the codes of tickets; codes signed with the others are valid too. */
  TICKET_SECRETS: secrets.optional(),
  JWT_ISSUER: z.string().min(1).default('seatlane'),
  JWT_AUDIENCE: z.string().min(1).default('seatlane'),
  DEV_ISSUER: flag(false),
  ADMIN_USER: z
    .string()
    .min(1)
    .regex(/^[^:]*$/, 'must not contain a colon, which ends the user name in HTTP Basic')
    .default('admin'),
  ADMIN_PASSWORD: z.string().min(12, 'must have at least 12 characters').optional(),
  /** The origins that may call the API from a browser; none by default. */
  CORS_ORIGINS: corsOrigins.default([]),
  /** How many proxies in front of an API process append their client's address to `X-Forwarded-For`. */
  TRUSTED_PROXIES: wholeNumber(0, 10, 0),
  /** Allows webhooks to http, loopback and private addresses. */
  WEBHOOK_ALLOW_PRIVATE: flag(false),
  WEBHOOK_PENDING_MAX: wholeNumber(1, 1_000_000, 10_000),
  ...paymentSettings,
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** The standard OpenTelemetry names, like the other settings that its libraries read themselves. */
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
  /** Set only by the embedded run: if the port is in use, the API listens on the next free one. */
  EMBEDDED: flag(false),
});

export type Settings = z.infer<typeof environmentSchema>;
