/** Settings that make no sense stop the start with a sentence that says which and why. */
import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

const SECRET = 'a secret that nobody may ever read';
const good = {
  DATABASE_URL: 'postgres://seatlane@localhost/seatlane',
  REDIS_URL: 'redis://localhost',
  JWT_SECRET: SECRET,
};

function sentencesOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
}

test('the defaults are those of the contract', () => {
  expect(readConfig(good).config).toMatchObject({
    port: 3000,
    seatLanes: 8,
    userLanes: 8,
    batchSize: 256,
    laneLimit: 20_000,
    holdMs: 300_000,
    holdGraceMs: 10_000,
    admitLimit: 250,
    admitWindowMs: 10_000,
    maxActive: 1000,
    maxWaiting: 1_000_000,
    queueTokenMs: 300_000,
    seatsPerUserMax: 10,
    cancelUntilMs: 86_400_000,
    devIssuer: false,
    logLevel: 'info',
  });
});

test('the settings cannot be changed once they are read', () => {
  expect(Object.isFrozen(readConfig(good).config)).toBe(true);
});

test.each([
  ['PORT', '70000'],
  ['PORT', 'eighty'],
  ['DATABASE_URL', 'mysql://localhost'],
  ['REDIS_URL', 'localhost:6379'],
  ['REDIS_PREFIX', 'has spaces'],
  ['SEAT_LANES', '0'],
  ['SEAT_LANES', '65'],
  ['USER_LANES', '1.5'],
  ['BATCH_SIZE', '-1'],
  ['LANE_LIMIT', 'NaN'],
  ['HOLD_SECONDS', '0'],
  ['ADMIT_LIMIT', '1e99'],
  ['JWT_SECRET', 'short'],
  ['JWKS_URL', 'ftp://example.com'],
  ['DEV_ISSUER', 'maybe'],
  ['ADMIN_PASSWORD', 'short'],
  ['LOG_LEVEL', 'loud'],
])('%s = %s stops the start and names the setting', (name, value) => {
  const sentences = sentencesOf({ ...good, [name]: value });
  expect(sentences).not.toHaveLength(0);
  for (const sentence of sentences) expect(sentence).toContain(name);
});

test('everything that is wrong is said at once', () => {
  expect(sentencesOf({ PORT: '-1', SEAT_LANES: '0' })).toHaveLength(4);
});

test('without a way to check access tokens nothing starts', () => {
  const { JWT_SECRET: _, ...rest } = good;
  expect(sentencesOf(rest)[0]).toMatch(/JWT_SECRET or JWKS_URL is missing/);
  expect(sentencesOf({ ...good, JWKS_URL: 'https://id.example.com/keys' })[0]).toMatch(/both set/);
  expect(sentencesOf({ ...rest, JWKS_URL: 'https://id.example.com/keys' })[0]).toMatch(
    /QUEUE_TOKEN_SECRET is missing/,
  );
});

test('a secret never stands in what is said', () => {
  const wrong = { ...good, JWKS_URL: 'https://id.example.com', PORT: 'x', ADMIN_PASSWORD: 'tiny' };
  const said =
    sentencesOf(wrong).join(' ') + sentencesOf({ ...good, JWKS_URL: 'https://x.y' }).join(' ');
  expect(said).not.toContain(SECRET);
  expect(said).not.toContain('tiny');
});

test('what is probably not meant is said, and does not stop the start', () => {
  const { warnings } = readConfig({ ...good, DEV_ISSUER: 'true', SEAT_LANES: '2' });
  expect(warnings.join(' ')).toMatch(/DEV_ISSUER is on.*ADMIN_PASSWORD is not set.*Fewer than 8/);
});
