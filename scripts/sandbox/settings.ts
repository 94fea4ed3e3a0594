/** The settings of the sandbox, read from the environment. */
import { z } from 'zod';
import { ConfigError } from '../../src/config/config.ts';
import { type Faults, faultsSchema } from './faults.ts';

export interface SandboxSettings {
  /** 0 for any free port. */
  port: number;
  /** Authenticates the API's requests, and signs the events. */
  secret: string;
  /** Where the events go. */
  eventsUrl: string;
  /** The address of the sandbox for browsers, without a path; undefined for the port on this machine. */
  publicUrl: string | undefined;
  faults: Faults;
}

export const PORT_DEFAULT = 3100;
const SECRET_BYTES_MIN = 32;

const origin = z
  .url({ protocol: /^https?$/, error: 'must be an address such as http://localhost:3100' })
  .refine((url) => new URL(url).origin === url, 'must have neither a path nor a trailing slash');

const faults = z
  .string()
  .default('{}')
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue('must be JSON such as {"lostShare": 0.1, "repeatedShare": 0.3}');
      return z.NEVER;
    }
  })
  .pipe(faultsSchema);

const schema = z.object({
  NODE_ENV: z
    .string()
    .transform((name) => name.trim().toLowerCase())
    .refine((name) => name !== 'production', 'must not be production: the sandbox takes no money')
    .optional(),
  SANDBOX_PORT: z.coerce
    .number({ error: 'must be a port, or 0 for any free one' })
    .int()
    .min(0)
    .max(65_535)
    .default(PORT_DEFAULT),
  SANDBOX_SECRET: z
    .string({
      error:
        'is missing: `npm start` and `npm run services` generate one, and so does `openssl rand -base64 32`',
    })
    .refine(
      (value) => Buffer.byteLength(value) >= SECRET_BYTES_MIN,
      `must be at least ${SECRET_BYTES_MIN} bytes long, because events with shorter secrets can be forged`,
    ),
  SANDBOX_URL: origin.optional(),
  EVENTS_URL: z
    .url({
      protocol: /^https?$/,
      error: 'must be an address such as http://localhost:3000/payments/sandbox/events',
    })
    .optional(),
  API_URL: z.url({ protocol: /^https?$/ }).default('http://localhost:3000'),
  SANDBOX_FAULTS: faults,
});

/**
 * Reads and validates the settings.
 * @throws {ConfigError} with all errors at once, without the value of the secret
 */
export function readSandboxSettings(environment: NodeJS.ProcessEnv): SandboxSettings {
  const given = Object.entries(environment).filter(([, value]) => value !== '');
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}.`));
  }
  const s = parsed.data;
  return {
    port: s.SANDBOX_PORT,
    secret: s.SANDBOX_SECRET,
    eventsUrl: s.EVENTS_URL ?? new URL('/payments/sandbox/events', s.API_URL).href,
    publicUrl: s.SANDBOX_URL,
    faults: s.SANDBOX_FAULTS,
  };
}
