/** Which errors of PostgreSQL, Redis and their drivers mean that a service is unavailable. */
import { describe, expect, test } from 'vitest';
import {
  isCertainlyUndone,
  isReadOnlyDatabase,
  isReadOnlyReplica,
  isServiceUnavailable,
} from '../../../src/runtime/service-errors.ts';

const withCode = (code: string) => Object.assign(new Error('It failed.'), { code });

/** Redis refuses the whole command. */
const REFUSALS = [
  "READONLY You can't write against a read only replica.",
  "OOM command not allowed when used memory > 'maxmemory'.",
  'MISCONF Redis is configured to save RDB snapshots, but is currently unable to persist on disk.',
  'LOADING Redis is loading the dataset in memory',
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  'NOREPLICAS Not enough good replicas to write.',
  'CLUSTERDOWN The cluster is down',
  'TRYAGAIN Multiple keys request during rehashing of slot',
  'ERR max number of clients reached',
];
const NOT_SENT = [
  "Stream isn't writeable and enableOfflineQueue options is false",
  "Cluster isn't ready and enableOfflineQueue options is false",
];
/** The command was sent, and its reply was lost. */
const LOST = [
  'Command timed out',
  'Connection is closed.',
  'Command aborted due to connection close',
  'Reached the max retries per request limit (which is 0). Refer to "maxRetriesPerRequest" option for details.',
  "Socket timeout. Expecting data, but didn't receive any in 2000ms.",
  'Too many Cluster redirections. Last error: Error: Connection is closed.',
];
const POSTGRES = [
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'timeout exceeded when trying to connect',
  'Query read timeout',
];

test.each([...REFUSALS, ...NOT_SENT, ...LOST, ...POSTGRES])(
  '%s means that a service is unavailable',
  (message) => {
    expect(isServiceUnavailable(new Error(message))).toBe(true);
  },
);

test.each([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  '08000',
  '08006',
  '25006',
  '25P03',
  '53100',
  '53200',
  '53300',
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '58030',
])('the code %s means that a service is unavailable', (code) => {
  expect(isServiceUnavailable(withCode(code))).toBe(true);
});

test.each([
  ...['08P01', '23505', '42P01', '22003'].map(withCode),
  new Error('x is not a function'),
  new Error('WRONGTYPE Operation against a key holding the wrong kind of value'),
  new Error('The master said: READONLY'),
  undefined,
  null,
  'text',
  42,
])('%s does not mean that a service is unavailable', (error) => {
  expect(isServiceUnavailable(error)).toBe(false);
});

describe('nothing was changed', () => {
  test.each([...REFUSALS, ...NOT_SENT])('is certain after: %s', (message) => {
    expect(isCertainlyUndone(new Error(message))).toBe(true);
  });

  test.each([...LOST, 'read ECONNRESET', 'write EPIPE', 'anything else'])(
    'is not known after: %s',
    (message) => {
      expect(isCertainlyUndone(new Error(message))).toBe(false);
    },
  );
});

test('an error of a read-only server is recognised', () => {
  expect(isReadOnlyReplica(new Error(REFUSALS[0]))).toBe(true);
  expect(isReadOnlyReplica(new Error(REFUSALS[1]))).toBe(false);
  expect(isReadOnlyDatabase(withCode('25006'))).toBe(true);
  expect(isReadOnlyDatabase(withCode('25P03'))).toBe(false);
});
