/** Invalid settings stop the start with a sentence that says which setting is invalid and why. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../../src/config/config.ts';
import { environmentSchema } from '../../../src/config/settings.ts';

const SECRET = 'a secret that nobody may ever read';
const good = {
  DATABASE_URL: 'postgres://seatlane@localhost/seatlane',
  REDIS_URL: 'redis://localhost',
  JWT_SECRET: SECRET,
  ADMIN_PASSWORD: 'long enough for all',
};
const JWKS_URL = 'https://id.example.com/keys';

function errorOf(environment: Record<string, string | undefined>): ConfigError | undefined {
  try {
    readConfig(environment);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

const sentencesOf = (environment: Record<string, string | undefined>) =>
  errorOf(environment)?.sentences ?? [];

/** An environment without one of its settings. */
const without = (name: keyof typeof good) => ({ ...good, [name]: undefined });

describe('the settings that are read', () => {
  test('have the defaults of the contract', () => {
    expect(readConfig(good).config).toEqual({
      port: 3000,
      portMayMove: false,
      workerPort: 0,
      databaseUrl: good.DATABASE_URL,
      redisUrl: good.REDIS_URL,
      redisPrefix: 'seatlane',
      redisTimeoutMs: 2000,
      databaseTimeoutMs: 3000,
      seatLanes: 8,
      userLanes: 8,
      batchSize: 256,
      laneLimit: 20_000,
      holdMs: 300_000,
      holdGraceMs: 10_000,
      admitLimit: 250,
      admitWindowMs: 10_000,
      maxActive: 1000,
      maxActiveTotal: 0,
      maxWaiting: 1_000_000,
      queueTokenMs: 300_000,
      rateLimit: 3000,
      trustedProxies: 0,
      streamsMax: 10_000,
      streamsPerUser: 20,
      waitsMax: 10_000,
      waitsPerUser: 2000,
      waitingIdleMs: 60_000,
      waitingGoneMs: 1_800_000,
      claimMs: 120_000,
      seatsPerUserMax: 10,
      cancelUntilMs: 86_400_000,
      corsOrigins: [],
      jwtSecret: SECRET,
      jwksUrl: undefined,
      queueTokenSecret: SECRET,
      jwtIssuer: 'seatlane',
      jwtAudience: 'seatlane',
      devIssuer: false,
      adminUser: 'admin',
      adminPassword: good.ADMIN_PASSWORD,
      webhookAllowPrivate: false,
      webhookPendingMax: 10_000,
      payments: {
        currency: 'KRW',
        checkoutMs: 600_000,
        reconcileMs: 60_000,
        latePayment: 'refund',
        returnOrigins: [],
        openCharging: false,
        sandbox: undefined,
        stripe: undefined,
      },
      logLevel: 'info',
      otlpEndpoint: undefined,
      ticketSecrets: [SECRET],
      traceShare: 1,
    });
  });

  /** Each setting with a value that no other has, nor is its default. JWKS_URL and JWT_SECRET exclude each other. */
  const DISTINCT = {
    PORT: '3001',
    WORKER_PORT: '3002',
    DATABASE_URL: 'postgres://one@one/one',
    REDIS_URL: 'redis://two',
    REDIS_TIMEOUT_MS: '2003',
    DATABASE_TIMEOUT_MS: '3004',
    REDIS_PREFIX: 'three',
    SEAT_LANES: '9',
    USER_LANES: '10',
    BATCH_SIZE: '257',
    LANE_LIMIT: '20001',
    RATE_LIMIT: '3005',
    STREAMS_MAX: '10001',
    STREAMS_PER_USER: '21',
    WAITS_MAX: '10002',
    WAITS_PER_USER: '2001',
    HOLD_SECONDS: '301',
    HOLD_GRACE_SECONDS: '11',
    ADMIT_LIMIT: '251',
    ADMIT_WINDOW_SECONDS: '12',
    MAX_ACTIVE: '1001',
    MAX_ACTIVE_TOTAL: '1002',
    MAX_WAITING: '1000001',
    QUEUE_TOKEN_SECONDS: '302',
    WAITING_IDLE_SECONDS: '61',
    WAITING_GONE_MINUTES: '31',
    CLAIM_SECONDS: '121',
    MAX_SEATS_PER_USER: '13',
    CANCEL_UNTIL_HOURS: '25',
    JWT_SECRET: 'the secret of access tokens, long enough',
    QUEUE_TOKEN_SECRET: 'the secret of queue tokens, long enough',
    TICKET_SECRETS: 'the secret of tickets which is long enough',
    JWT_ISSUER: 'four',
    JWT_AUDIENCE: 'five',
    DEV_ISSUER: 'on',
    ADMIN_USER: 'six',
    ADMIN_PASSWORD: 'a password that is long enough',
    CORS_ORIGINS: 'https://seven.example',
    TRUSTED_PROXIES: '3',
    WEBHOOK_ALLOW_PRIVATE: 'on',
    WEBHOOK_PENDING_MAX: '10003',
    CURRENCY: 'EUR',
    CHECKOUT_SECONDS: '601',
    RECONCILE_SECONDS: '62',
    LATE_PAYMENT: 'keep',
    RETURN_ORIGINS: 'https://eight.example',
    OPEN_CHARGING: 'on',
    SANDBOX_URL: 'https://nine.example',
    SANDBOX_SECRET: 'the secret of the sandbox, long enough',
    STRIPE_SECRET_KEY: 'sk_test_ten',
    STRIPE_WEBHOOK_SECRET: 'whsec_0123456789abcdef',
    STRIPE_API_URL: 'https://eleven.example',
    LOG_LEVEL: 'warn',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://twelve.example',
    OTEL_TRACES_SAMPLER_ARG: '0.5',
    EMBEDDED: 'on',
  };

  test('replace the defaults, each in its place and in the unit of its name', () => {
    const isLeftOut = (name: string) => ['JWKS_URL', 'NODE_ENV'].includes(name);
    const names = Object.keys(environmentSchema.shape).filter((name) => !isLeftOut(name));
    expect(Object.keys(DISTINCT).toSorted()).toEqual(names.toSorted());
    const values = Object.values(DISTINCT).filter((value) => value !== 'on');
    expect(new Set(values).size).toBe(values.length);
    expect(readConfig(DISTINCT).config).toEqual({
      port: 3001,
      portMayMove: true,
      workerPort: 3002,
      databaseUrl: DISTINCT.DATABASE_URL,
      redisUrl: DISTINCT.REDIS_URL,
      redisPrefix: 'three',
      redisTimeoutMs: 2003,
      databaseTimeoutMs: 3004,
      seatLanes: 9,
      userLanes: 10,
      batchSize: 257,
      laneLimit: 20_001,
      holdMs: 301_000,
      holdGraceMs: 11_000,
      admitLimit: 251,
      admitWindowMs: 12_000,
      maxActive: 1001,
      maxActiveTotal: 1002,
      maxWaiting: 1_000_001,
      queueTokenMs: 302_000,
      rateLimit: 3005,
      trustedProxies: 3,
      streamsMax: 10_001,
      streamsPerUser: 21,
      waitsMax: 10_002,
      waitsPerUser: 2001,
      waitingIdleMs: 61_000,
      waitingGoneMs: 1_860_000,
      claimMs: 121_000,
      seatsPerUserMax: 13,
      cancelUntilMs: 90_000_000,
      corsOrigins: [DISTINCT.CORS_ORIGINS],
      jwtSecret: DISTINCT.JWT_SECRET,
      jwksUrl: undefined,
      queueTokenSecret: DISTINCT.QUEUE_TOKEN_SECRET,
      jwtIssuer: 'four',
      jwtAudience: 'five',
      devIssuer: true,
      adminUser: 'six',
      adminPassword: DISTINCT.ADMIN_PASSWORD,
      webhookAllowPrivate: true,
      webhookPendingMax: 10_003,
      payments: {
        currency: 'EUR',
        checkoutMs: 601_000,
        reconcileMs: 62_000,
        latePayment: 'keep',
        returnOrigins: [DISTINCT.RETURN_ORIGINS],
        openCharging: true,
        sandbox: { url: DISTINCT.SANDBOX_URL, secret: DISTINCT.SANDBOX_SECRET },
        stripe: {
          secretKey: DISTINCT.STRIPE_SECRET_KEY,
          webhookSecret: DISTINCT.STRIPE_WEBHOOK_SECRET,
          apiUrl: DISTINCT.STRIPE_API_URL,
        },
      },
      logLevel: 'warn',
      otlpEndpoint: DISTINCT.OTEL_EXPORTER_OTLP_ENDPOINT,
      ticketSecrets: [DISTINCT.TICKET_SECRETS],
      traceShare: 0.5,
    });
  });

  test.each(['DEV_ISSUER', 'WEBHOOK_ALLOW_PRIVATE', 'OPEN_CHARGING', 'EMBEDDED'] as const)(
    'without %s only that switch is off',
    (name) => {
      const switchesOf = ({ config }: ReturnType<typeof readConfig>) => ({
        DEV_ISSUER: config.devIssuer,
        WEBHOOK_ALLOW_PRIVATE: config.webhookAllowPrivate,
        OPEN_CHARGING: config.payments.openCharging,
        EMBEDDED: config.portMayMove,
      });
      const on = switchesOf(readConfig(DISTINCT));
      expect(switchesOf(readConfig({ ...DISTINCT, [name]: 'off' }))).toEqual({
        ...on,
        [name]: false,
      });
    },
  );

  test('include the URL of published keys', () => {
    const { JWT_SECRET: _, DEV_ISSUER: __, ...others } = DISTINCT;
    const { config } = readConfig({ ...others, JWKS_URL });
    expect(config).toMatchObject({ jwtSecret: undefined, jwksUrl: JWKS_URL });
  });

  test('have their default if they are empty', () => {
    const { config } = readConfig({ ...good, PORT: '', JWKS_URL: '', LOG_LEVEL: '' });
    expect(config).toMatchObject({ port: 3000, jwksUrl: undefined, logLevel: 'info' });
  });

  test('do not include unrelated variables of the environment', () => {
    expect(sentencesOf({ ...good, PATH: '/usr/bin', SEAT_LANE: '0' })).toEqual([]);
  });

  test.each([
    ['true', true],
    ['on', true],
    ['1', true],
    ['false', false],
    ['off', false],
    ['0', false],
  ])('a switch that is %s is %s', (DEV_ISSUER, isOn) => {
    expect(readConfig({ ...good, DEV_ISSUER }).config.devIssuer).toBe(isOn);
  });

  test('include the secrets of tickets in their order, by default that of queue tokens', () => {
    const OTHER = 'another secret of 32 bytes or so';
    const secretsOf = (TICKET_SECRETS: string) =>
      readConfig({ ...good, QUEUE_TOKEN_SECRET: OTHER, TICKET_SECRETS }).config.ticketSecrets;
    expect(secretsOf('')).toEqual([OTHER]);
    expect(secretsOf(`${SECRET}, ${OTHER}`)).toEqual([SECRET, OTHER]);
  });

  test('include a separate secret for queue tokens if it is given', () => {
    const QUEUE_TOKEN_SECRET = 'another secret of 32 bytes or so';
    expect(readConfig({ ...good, QUEUE_TOKEN_SECRET }).config).toMatchObject({
      jwtSecret: SECRET,
      queueTokenSecret: QUEUE_TOKEN_SECRET,
    });
  });

  test('cannot be changed', () => {
    expect(Object.isFrozen(readConfig(good).config)).toBe(true);
  });
});

function expectOneSentence(name: string, value: string): void {
  const sentences = sentencesOf({ ...good, [name]: value });
  expect(sentences, `${name} = ${value}`).toHaveLength(1);
  expect(sentences[0]).toMatch(new RegExp(`^${name}: .+\\.$`));
}

test.each([
  ['PORT', 0, 65_535],
  ['WORKER_PORT', 0, 65_535],
  ['SEAT_LANES', 1, 64],
  ['USER_LANES', 1, 64],
  ['BATCH_SIZE', 1, 5000],
  ['LANE_LIMIT', 1, 10_000_000],
  ['RATE_LIMIT', 0, 10_000_000],
  ['STREAMS_MAX', 1, 1_000_000],
  ['STREAMS_PER_USER', 1, 1_000_000],
  ['WAITS_MAX', 1, 1_000_000],
  ['WAITS_PER_USER', 1, 1_000_000],
  ['HOLD_SECONDS', 1, 86_400],
  ['HOLD_GRACE_SECONDS', 0, 3600],
  ['ADMIT_LIMIT', 1, 1_000_000],
  ['ADMIT_WINDOW_SECONDS', 1, 3600],
  ['MAX_ACTIVE', 1, 10_000_000],
  ['MAX_WAITING', 1, 100_000_000],
  ['QUEUE_TOKEN_SECONDS', 1, 86_400],
  ['WAITING_GONE_MINUTES', 20, 10_080],
  ['CLAIM_SECONDS', 5, 86_400],
  ['MAX_SEATS_PER_USER', 1, 1_000_000],
  ['CANCEL_UNTIL_HOURS', 0, 8760],
])('%s is a whole number from %i to %i; anything else stops the start', (name, min, max) => {
  for (const right of [min, max]) expect(sentencesOf({ ...good, [name]: `${right}` })).toEqual([]);
  for (const wrong of [min - 1, max + 1, min + 0.5, 'many', '8 of them', 'NaN', 'Infinity']) {
    expectOneSentence(name, `${wrong}`);
  }
  const sentence = `${name}: must be a whole number from ${min} to ${max}.`;
  expect(sentencesOf({ ...good, [name]: `${max + 1}` })).toEqual([sentence]);
});

describe('the check of single settings', () => {
  test.each([
    ['DATABASE_URL', 'mysql://localhost/seatlane'],
    ['DATABASE_URL', 'localhost'],
    ['DATABASE_URL', 'postgres://localhost/seatlane?statement_timeout=0'],
    ['DATABASE_URL', 'postgres://localhost/seatlane?sslmode=verify-full&options=-c%20jit%3Don'],
    ['DATABASE_URL', 'postgres://localhost/seatlane?sslrootcert=/nowhere/root.pem'],
    ['REDIS_URL', 'localhost:6379'],
    ['REDIS_URL', 'http://localhost:6379'],
    ['REDIS_URL', 'redis://a:7000,b:7001'],
    ['REDIS_URL', 'redis://a:7000,'],
    ['REDIS_URL', 'redis://a:7000,rediss://b:7001'],
    ['REDIS_URL', 'redis://:one@a:7000,redis://:other@b:7001'],
    ['REDIS_URL', 'redis://a:7000/2,redis://b:7001/2'],
    ['REDIS_PREFIX', 'has spaces'],
    ['REDIS_PREFIX', 'has:colons'],
    ['REDIS_PREFIX', '{braces}'],
    ['REDIS_PREFIX', 'x'.repeat(41)],
    ['REDIS_TIMEOUT_MS', '199'],
    ['DATABASE_TIMEOUT_MS', '60001'],
    ['JWT_SECRET', 'x'.repeat(31)],
    ['JWKS_URL', 'ftp://example.com'],
    ['ADMIN_USER', 'a:b'],
    ['QUEUE_TOKEN_SECRET', 'short'],
    ['TICKET_SECRETS', `${SECRET},short`],
    ['TICKET_SECRETS', `${SECRET},`],
    ['TICKET_SECRETS', `${SECRET}, ${SECRET}`],
    ['DEV_ISSUER', 'maybe'],
    ['ADMIN_PASSWORD', 'x'.repeat(11)],
    ['CORS_ORIGINS', 'shop.example'],
    ['CORS_ORIGINS', 'https://shop.example/'],
    ['CORS_ORIGINS', 'https://Shop.example'],
    ['CORS_ORIGINS', 'https://shop.example:443'],
    ['CORS_ORIGINS', 'https://shop.example/buy'],
    ['CORS_ORIGINS', 'https://user@shop.example'],
    ['CORS_ORIGINS', 'https://shop.example,'],
    ['CORS_ORIGINS', '*,https://shop.example'],
    ['CORS_ORIGINS', 'ftp://shop.example'],
    ['CORS_ORIGINS', 'null'],
    ['WEBHOOK_ALLOW_PRIVATE', 'sometimes'],
    ['WEBHOOK_PENDING_MAX', '0'],
    ['LOG_LEVEL', 'loud'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://localhost:4317'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.1'],
    ['OTEL_TRACES_SAMPLER_ARG', '-0.1'],
    ['OTEL_TRACES_SAMPLER_ARG', 'half'],
    ['EMBEDDED', 'perhaps'],
  ])('%s = %s stops the start with one sentence that names it', expectOneSentence);

  test.each([
    ['DATABASE_URL', 'postgresql://localhost/seatlane'],
    ['DATABASE_URL', 'postgres://localhost/seatlane?sslmode=verify-full&channel_binding=require'],
    ['REDIS_URL', 'rediss://localhost:6379'],
    ['REDIS_URL', 'redis://localhost:6379/2'],
    ['REDIS_URL', 'rediss://:secret@a:7000, rediss://:secret@b:7001/0'],
    ['REDIS_PREFIX', 'x'],
    ['REDIS_PREFIX', 'x'.repeat(40)],
    ['JWT_SECRET', 'x'.repeat(32)],
    ['JWT_ISSUER', 'x'],
    ['JWT_AUDIENCE', 'x'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'http://localhost:5173, https://shop.example'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://otlp.example.com/prefix'],
    ['OTEL_TRACES_SAMPLER_ARG', '0'],
    ['OTEL_TRACES_SAMPLER_ARG', '0.05'],
    ['OTEL_TRACES_SAMPLER_ARG', '1'],
    ['ADMIN_USER', 'x'],
    ['ADMIN_PASSWORD', 'x'.repeat(12)],
  ])('%s = %s is accepted', (name, value) => {
    expect(sentencesOf({ ...good, [name]: value })).toEqual([]);
  });

  test.each(['DATABASE_URL', 'REDIS_URL'] as const)('the start stops if %s is missing', (name) => {
    expect(sentencesOf(without(name))).toEqual([
      expect.stringMatching(new RegExp(`^${name}: is missing`)),
    ]);
  });

  test('the length of a secret is measured in bytes', () => {
    expect(sentencesOf({ ...good, JWT_SECRET: 'ü'.repeat(16) })).toEqual([]);
  });

  test('all invalid settings are reported at once', () => {
    const sentences = sentencesOf({ PORT: '-1', SEAT_LANES: '0' });
    const names = sentences.map((sentence) => sentence.split(':')[0]);
    expect(names.toSorted()).toEqual(['DATABASE_URL', 'PORT', 'REDIS_URL', 'SEAT_LANES']);
  });

  test('the message of the error contains every sentence', () => {
    const error = errorOf({ ...good, PORT: '-1', SEAT_LANES: '0' });
    for (const sentence of error?.sentences ?? []) expect(error?.message).toContain(sentence);
    expect(error?.sentences).toHaveLength(2);
  });
});

describe('settings that contradict each other', () => {
  test.each([
    [
      'no means to verify access tokens',
      without('JWT_SECRET'),
      /^JWT_SECRET or JWKS_URL is missing/,
    ],
    [
      'two means to verify access tokens',
      { ...good, JWKS_URL, QUEUE_TOKEN_SECRET: SECRET },
      /^JWT_SECRET and JWKS_URL are both set/,
    ],
    [
      'published keys without a secret to sign queue tokens',
      { ...without('JWT_SECRET'), JWKS_URL },
      /^QUEUE_TOKEN_SECRET is missing/,
    ],
    [
      'an issuer without a secret',
      {
        ...without('JWT_SECRET'),
        JWKS_URL,
        QUEUE_TOKEN_SECRET: SECRET,
        DEV_ISSUER: 'on',
      },
      /^DEV_ISSUER is on without JWT_SECRET/,
    ],
  ])(
    '%s: the start stops with a sentence that says so',
    (_contradiction, environment, sentence) => {
      expect(sentencesOf(environment)).toEqual([expect.stringMatching(sentence)]);
    },
  );

  test('published keys with a secret for queue tokens are accepted', () => {
    const environment = { ...without('JWT_SECRET'), JWKS_URL, QUEUE_TOKEN_SECRET: SECRET };
    expect(sentencesOf(environment)).toEqual([]);
  });
});

describe('in production', () => {
  const random = () => randomBytes(32).toString('base64');
  const production = () => ({
    ...good,
    NODE_ENV: 'production',
    JWT_SECRET: random(),
    ADMIN_PASSWORD: random(),
    TICKET_SECRETS: `${random()}, ${random()}`,
  });

  test('random secrets are accepted', () => {
    for (let times = 0; times < 100; times += 1) expect(sentencesOf(production())).toEqual([]);
  });

  test.each([
    ['JWT_SECRET', 'change-me-change-me-change-me-change-me'],
    ['JWT_SECRET', 'x'.repeat(32)],
    ['QUEUE_TOKEN_SECRET', 'a secret that somebody made up by hand'],
    ['TICKET_SECRETS', `${'x'.repeat(32)},${SECRET}`],
    ['ADMIN_PASSWORD', 'password1234'],
    ['ADMIN_PASSWORD', 'seatlane-admin'],
    ['DEV_ISSUER', 'on'],
  ])('%s = %s stops the start, and elsewhere does not', (name, value) => {
    const sentences = sentencesOf({ ...production(), [name]: value });
    expect(sentences).toEqual([expect.stringMatching(new RegExp(`^${name} .*production`))]);
    expect(sentencesOf({ ...good, NODE_ENV: 'development', [name]: value })).toEqual([]);
    for (const spelling of ['Production', 'PRODUCTION', ' production ']) {
      const environment = { ...production(), NODE_ENV: spelling, [name]: value };
      expect(sentencesOf(environment)).toEqual(sentences);
    }
  });

  test('the URL of the published keys must use https', () => {
    const { JWT_SECRET: _, ...others } = production();
    const provided = { ...others, QUEUE_TOKEN_SECRET: random() };
    expect(sentencesOf({ ...provided, JWKS_URL })).toEqual([]);
    for (const url of ['http://id.example.com/keys', 'HTTP://localhost/keys']) {
      expect(sentencesOf({ ...provided, JWKS_URL: url })).toEqual([
        expect.stringMatching(/^JWKS_URL .*production/),
      ]);
      expect(sentencesOf({ ...provided, NODE_ENV: 'test', JWKS_URL: url })).toEqual([]);
    }
  });

  test('a key of tickets that depends on another secret causes a warning', () => {
    const { TICKET_SECRETS: _, ...others } = production();
    expect(readConfig(others).warnings).toEqual([expect.stringMatching(/^TICKET_SECRETS is not/)]);
  });

  test('a value similar to `production` causes a warning', () => {
    expect(readConfig({ ...good, NODE_ENV: 'prod' }).warnings).toContainEqual(
      expect.stringMatching(/^NODE_ENV is prod/),
    );
    expect(readConfig(production()).warnings).toEqual([]);
  });
});

describe('a secret', () => {
  const secrets = {
    DATABASE_URL: 'mysql://seatlane:pass-in-database-url@localhost/seatlane',
    REDIS_URL: 'memcached://:pass-in-redis-url@localhost',
    JWT_SECRET: 'jwt-secret-too-short',
    QUEUE_TOKEN_SECRET: 'queue-secret-too-short',
    ADMIN_PASSWORD: 'tiny-pass',
  };
  const SHOWN = /pass-in|too-short|tiny-pass/;

  test('is never part of an error about itself', () => {
    const error = errorOf(secrets);
    expect(error?.sentences).toHaveLength(Object.keys(secrets).length);
    expect(String(error?.stack)).not.toMatch(SHOWN);
    expect(JSON.stringify(error)).not.toMatch(SHOWN);
  });

  test('is never part of an error about other settings', () => {
    const said = [
      ...sentencesOf({ ...good, PORT: 'x' }),
      ...sentencesOf({ ...good, JWKS_URL }),
      ...readConfig({ ...good, DEV_ISSUER: 'on', SEAT_LANES: '1' }).warnings,
    ].join(' ');
    expect(said).not.toContain(SECRET);
    expect(said).not.toContain(good.ADMIN_PASSWORD);
  });
});

describe('probable mistakes', () => {
  test.each([
    [{ DEV_ISSUER: 'on' }, /^DEV_ISSUER is on/],
    [{ ADMIN_PASSWORD: '' }, /^ADMIN_PASSWORD is not set/],
    [{ QUEUE_TOKEN_SECONDS: '299' }, /^QUEUE_TOKEN_SECONDS \(299\) is shorter/],
    [{ SEAT_LANES: '7' }, /^SEAT_LANES or USER_LANES is below 8/],
    [{ USER_LANES: '7' }, /^SEAT_LANES or USER_LANES is below 8/],
  ])('%j is said, and does not stop the start', (change, warning) => {
    const { warnings } = readConfig({ ...good, ...change });
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });

  test('the defaults cause no warning', () => {
    expect(readConfig(good).warnings).toEqual([]);
  });
});
