/** The settings of the sandbox: defaults, and a sentence for each that makes no sense. */
import { expect, test } from 'vitest';
import { readSandboxSettings } from '../../../../scripts/sandbox/settings.ts';
import { ConfigError } from '../../../../src/config/config.ts';

const SECRET = 'a secret of the tests, of more than 32 bytes';
const read = (settings: Record<string, string>) =>
  readSandboxSettings({ SANDBOX_SECRET: SECRET, ...settings });

/** The message of the error that stops the start. */
function refusalOf(settings: Record<string, string>): string {
  try {
    read(settings);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('The settings were accepted.');
}

test('only the secret is needed', () => {
  expect(read({})).toMatchObject({
    port: 3100,
    secret: SECRET,
    eventsUrl: 'http://localhost:3000/payments/sandbox/events',
    publicUrl: undefined,
    faults: { lostShare: 0, repeatedShare: 0, delayMsMax: 0, reordered: false, seed: 1 },
  });
});

test('events go to the API that runs, or to EVENTS_URL', () => {
  const API_URL = 'http://localhost:3007';
  expect(read({ API_URL }).eventsUrl).toBe('http://localhost:3007/payments/sandbox/events');
  const EVENTS_URL = 'http://shop.example/events';
  expect(read({ API_URL, EVENTS_URL }).eventsUrl).toBe(EVENTS_URL);
});

test('an empty value is no value', () => {
  expect(read({ SANDBOX_PORT: '', SANDBOX_FAULTS: '' }).port).toBe(3100);
});

test.each([
  ['SANDBOX_SECRET', '', 'is missing'],
  ['SANDBOX_SECRET', 'short', 'at least 32 bytes'],
  ['SANDBOX_PORT', '70000', 'must be a port'],
  ['SANDBOX_PORT', 'web', 'must be a port'],
  ['SANDBOX_URL', 'localhost:3100', 'must be an address'],
  ['SANDBOX_URL', 'http://localhost:3100/', 'trailing slash'],
  ['EVENTS_URL', 'ftp://localhost/events', 'must be an address'],
  ['SANDBOX_FAULTS', '{lostShare: 1}', 'must be JSON'],
  ['SANDBOX_FAULTS', '{"lostShare": 1.5}', 'SANDBOX_FAULTS.lostShare'],
  ['SANDBOX_FAULTS', '{"lostshare": 1}', 'lostshare'],
  ['SANDBOX_FAULTS', '{"lostShare": 0.6, "repeatedShare": 0.6}', 'at most 1'],
  ['SANDBOX_FAULTS', '[]', 'SANDBOX_FAULTS'],
  ['NODE_ENV', 'Production', 'takes no money'],
])('%s=%s stops the start and says why', (name, value, reason) => {
  const message = refusalOf({ [name]: value });
  expect(message).toContain(`  - ${name}`);
  expect(message).toContain(reason);
});

test('all errors are reported at once, without the secret', () => {
  const message = refusalOf({
    SANDBOX_SECRET: 'too-short',
    SANDBOX_PORT: '-1',
    SANDBOX_FAULTS: '{',
  });
  expect(message).toMatch(/SANDBOX_PORT.*SANDBOX_SECRET.*SANDBOX_FAULTS/s);
  expect(message).not.toContain('too-short');
});
