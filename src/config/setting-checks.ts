/** What does not go together among the settings, and what is probably not meant. */
import type { Settings } from './settings.ts';

/** What people write while they try things out, and forget. */
const PLACEHOLDER = /change.?me|secret|passw|example|default|placeholder|seatlane|12345|qwert/i;
const CHARACTERS_MIN = 8;

/** Whether a secret looks like one that was never changed. */
function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || new Set(value).size < CHARACTERS_MIN;
}

const SECRETS = ['JWT_SECRET', 'QUEUE_TOKEN_SECRET', 'ADMIN_PASSWORD'] as const;

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
  (s) =>
    isProduction(s) &&
    s.JWKS_URL !== undefined &&
    new URL(s.JWKS_URL).protocol === 'http:' &&
    'JWKS_URL is plain http with NODE_ENV=production: whoever is on the way could replace the keys.',
  ...SECRETS.map(
    (name) => (s: Settings) =>
      isProduction(s) &&
      isPlaceholder(s[name] ?? randomLooking) &&
      `${name} looks like a default with NODE_ENV=production: make one with \`openssl rand -base64 32\`.`,
  ),
];

/** Anything else, such as `prod`, is probably a mistake. */
const KNOWN_ENVIRONMENTS = ['production', 'development', 'test', 'staging'];
const isProduction = (s: Settings) => s.NODE_ENV === 'production';
/** Stands for a secret that is not set, which other checks judge. */
const randomLooking = 'abcdefgh';

/** Settings that work but are probably not meant. */
export const doubts: readonly Check[] = [
  (s) =>
    s.NODE_ENV !== undefined &&
    !KNOWN_ENVIRONMENTS.includes(s.NODE_ENV) &&
    `NODE_ENV is ${s.NODE_ENV.slice(0, 40)}: only \`production\` refuses what is unsafe there.`,
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
