/** Checks across settings: combinations that are invalid, and values that are probably unintended. */
import type { Settings } from './settings.ts';
import { stripeCurrencyFault } from './stripe-currency.ts';

/** Patterns of placeholder secrets that were never replaced. */
const PLACEHOLDER = /change.?me|secret|passw|example|default|placeholder|seatlane|12345|qwert/i;
const CHARACTERS_MIN = 8;

/** Whether a secret looks like a placeholder. */
function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || new Set(value).size < CHARACTERS_MIN;
}

const SECRETS = ['JWT_SECRET', 'QUEUE_TOKEN_SECRET', 'ADMIN_PASSWORD'] as const;

/** Returns a sentence if the settings are wrong, otherwise false. */
export type Check = (settings: Settings) => string | false;

/** Polls far from the front are noted each five minutes (`src/db/reads/queue/presence-times.ts`), and one note can be lost. */
const NOTED_EACH_SECONDS = 600;

/** Secret and restricted keys of Stripe's test mode. */
const TEST_KEY = /^[sr]k_test_/;

/** Settings that contradict each other. */
export const contradictions: readonly Check[] = [
  (s) =>
    !s.JWT_SECRET &&
    !s.JWKS_URL &&
    'JWT_SECRET or JWKS_URL is missing: one of them is required to verify access tokens.',
  (s) =>
    Boolean(s.JWT_SECRET && s.JWKS_URL) &&
    'JWT_SECRET and JWKS_URL are both set: access tokens are verified with only one of them.',
  (s) =>
    Boolean(s.JWKS_URL) &&
    !s.JWT_SECRET &&
    !s.QUEUE_TOKEN_SECRET &&
    'QUEUE_TOKEN_SECRET is missing: with JWKS_URL there is no JWT_SECRET from which to derive the queue token key.',
  (s) =>
    s.DEV_ISSUER &&
    !s.JWT_SECRET &&
    'DEV_ISSUER is on without JWT_SECRET: the development issuer has no key to sign with.',
  (s) =>
    s.MAX_ACTIVE_TOTAL > 0 &&
    s.MAX_ACTIVE > s.MAX_ACTIVE_TOTAL &&
    'MAX_ACTIVE is above MAX_ACTIVE_TOTAL: the house queue alone could exceed the limit of all queues.',
  (s) =>
    s.WAITING_GONE_MINUTES * 60 <= s.WAITING_IDLE_SECONDS + NOTED_EACH_SECONDS &&
    'WAITING_GONE_MINUTES is not more than ten minutes above WAITING_IDLE_SECONDS: waiting users would be ended before they are skipped.',
  (s) =>
    isProduction(s) &&
    s.DEV_ISSUER &&
    'DEV_ISSUER is on with NODE_ENV=production: any client could get a token for any subject.',
  (s) =>
    isProduction(s) &&
    s.JWKS_URL !== undefined &&
    new URL(s.JWKS_URL).protocol === 'http:' &&
    'JWKS_URL is plain http with NODE_ENV=production: an attacker on the network could replace the keys.',
  (s) =>
    isProduction(s) &&
    s.OPEN_CHARGING &&
    'OPEN_CHARGING is on with NODE_ENV=production: every user could add points without money.',
  (s) =>
    isProduction(s) &&
    s.SANDBOX_URL !== undefined &&
    'SANDBOX_URL is set with NODE_ENV=production: the sandbox takes no money, but its payments buy tickets.',
  (s) =>
    s.SANDBOX_URL !== undefined &&
    !s.SANDBOX_SECRET &&
    'SANDBOX_SECRET is missing: without it the events of the sandbox cannot be verified.',
  (s) =>
    Boolean(s.STRIPE_SECRET_KEY) !== Boolean(s.STRIPE_WEBHOOK_SECRET) &&
    'Only one of STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET is set: payments need the first, and their events the second.',
  (s) =>
    isProduction(s) &&
    TEST_KEY.test(s.STRIPE_SECRET_KEY ?? '') &&
    'STRIPE_SECRET_KEY is a test key with NODE_ENV=production: test cards take no money, but their payments buy tickets.',
  (s) =>
    isProduction(s) &&
    s.STRIPE_API_URL !== undefined &&
    'STRIPE_API_URL is set with NODE_ENV=production: payments would be made at another server than that of Stripe.',
  (s) => {
    const fault = s.STRIPE_SECRET_KEY !== undefined && stripeCurrencyFault(s.CURRENCY);
    return fault && `STRIPE_SECRET_KEY is set with CURRENCY=${s.CURRENCY}: ${fault}`;
  },
  (s) =>
    s.SANDBOX_URL !== undefined &&
    s.STRIPE_SECRET_KEY !== undefined &&
    s.STRIPE_API_URL === undefined &&
    'SANDBOX_URL is set together with STRIPE_SECRET_KEY: buyers could choose the sandbox, which takes no money.',
  ...SECRETS.map(
    (name) => (s: Settings) =>
      isProduction(s) &&
      isPlaceholder(s[name] ?? randomLooking) &&
      `${name} looks like a placeholder with NODE_ENV=production: generate one with \`openssl rand -base64 32\`.`,
  ),
  (s) =>
    isProduction(s) &&
    isPlaceholder(s.STRIPE_WEBHOOK_SECRET ?? randomLooking) &&
    'STRIPE_WEBHOOK_SECRET looks like a placeholder with NODE_ENV=production: copy the signing secret of the webhook endpoint at Stripe.',
  (s) =>
    isProduction(s) &&
    (s.TICKET_SECRETS ?? []).some(isPlaceholder) &&
    'TICKET_SECRETS contains a placeholder with NODE_ENV=production: generate secrets with `openssl rand -base64 32`.',
];

/** Any other value, such as `prod`, is probably a mistake. */
const KNOWN_ENVIRONMENTS = ['production', 'development', 'test', 'staging'];
const isProduction = (s: Settings) => s.NODE_ENV === 'production';
/** Used in place of an unset secret, which other checks report. */
const randomLooking = 'abcdefgh';

/** Settings that work but are probably unintended. */
export const doubts: readonly Check[] = [
  (s) =>
    s.NODE_ENV !== undefined &&
    !KNOWN_ENVIRONMENTS.includes(s.NODE_ENV) &&
    `NODE_ENV is ${s.NODE_ENV.slice(0, 40)}: only \`production\` rejects unsafe settings.`,
  (s) =>
    s.DEV_ISSUER && !s.EMBEDDED && 'DEV_ISSUER is on: any client can get a token for any subject.',
  (s) =>
    isProduction(s) &&
    !s.TICKET_SECRETS &&
    'TICKET_SECRETS is not set: the key of tickets is derived from QUEUE_TOKEN_SECRET or JWT_SECRET, and changing that secret would invalidate printed tickets. Once tickets were sold, set it to that secret first.',
  (s) =>
    s.SANDBOX_URL !== undefined &&
    !s.EMBEDDED &&
    'SANDBOX_URL is set: any user can buy tickets and points without money.',
  (s) =>
    (s.SANDBOX_URL !== undefined || s.STRIPE_SECRET_KEY !== undefined) &&
    s.RETURN_ORIGINS.length === 0 &&
    'RETURN_ORIGINS is not set: card payments are refused, because buyers could not return from the payment page.',
  (s) =>
    s.OPEN_CHARGING && !s.EMBEDDED && 'OPEN_CHARGING is on: any user can add points without money.',
  (s) =>
    !s.ADMIN_PASSWORD &&
    'ADMIN_PASSWORD is not set: the board at /admin and the dashboard at /admin/queues are disabled.',
  (s) =>
    s.QUEUE_TOKEN_SECONDS < s.HOLD_SECONDS &&
    !s.EMBEDDED &&
    `QUEUE_TOKEN_SECONDS (${s.QUEUE_TOKEN_SECONDS}) is shorter than HOLD_SECONDS (${s.HOLD_SECONDS}): buyers have only that long to place orders, and can pay what they hold until its end.`,
  // The longest pause of the client (20 s) comes after a note that is up to 10 s older than its poll.
  (s) =>
    s.WAITING_IDLE_SECONDS < 35 &&
    'WAITING_IDLE_SECONDS is below 35: waiting users who poll as the client does can be skipped.',
  // The client learns of an admission up to 20 s later, and the page has to load the seats.
  (s) =>
    s.CLAIM_SECONDS < 30 &&
    'CLAIM_SECONDS is below 30: admitted users can lose their session before the client has used it.',
  (s) =>
    (s.SEAT_LANES < 8 || s.USER_LANES < 8) &&
    'SEAT_LANES or USER_LANES is below 8: workers beyond the number of lanes stay idle.',
];
