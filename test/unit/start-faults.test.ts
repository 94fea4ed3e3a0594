/** Faults of the start as sentences; those of real services are in test/system/start-faults.test.ts. */
import { expect, test } from 'vitest';
import { PortUnusable } from '../../src/runtime/server.ts';
import { sentenceOfStartFault } from '../../src/start-faults.ts';

const URL = 'postgres://seatlane:secret@db.example:5432/sales';
const failure = (message: string, parts: object = {}) => Object.assign(new Error(message), parts);

test.each([
  ['28P01', 'password authentication failed for user "seatlane"'],
  ['3D000', 'database "sales" does not exist'],
])('%s names the server, the database and the setting, and no password', (code, message) => {
  const sentence = sentenceOfStartFault(failure(message, { code }), URL);
  expect(sentence).toContain(`PostgreSQL at db.example:5432 refuses the connection: ${message}.`);
  expect(sentence).toContain('(sales) in DATABASE_URL');
  expect(sentence).not.toContain('secret');
});

test('a host with several addresses is named with what each of them said', () => {
  const errors = [
    failure('connect ECONNREFUSED ::1:1'),
    failure('connect ECONNREFUSED 127.0.0.1:1'),
  ];
  const away = Object.assign(new AggregateError(errors), { code: 'ECONNREFUSED' });
  expect(sentenceOfStartFault(away, URL)).toContain(
    'connect ECONNREFUSED ::1:1, connect ECONNREFUSED 127.0.0.1:1',
  );
});

test.each([
  ['EACCES', 'This user may not listen on port 80. Set WORKER_PORT to a port above 1023,'],
  ['EADDRINUSE', 'Port 80 is in use by another program. Set WORKER_PORT to choose another port,'],
  ['EINVAL', 'Port 80 cannot be listened on: listen EINVAL. Set WORKER_PORT to choose another'],
])('a port that cannot be used is named, with its setting: %s', (code, sentence) => {
  const denied = new PortUnusable(80, 'WORKER_PORT', failure(`listen ${code}`, { code }));
  expect(sentenceOfStartFault(denied, URL)).toContain(sentence);
});

test('Redis that refuses to serve is not blamed on PostgreSQL', () => {
  const loading = failure('LOADING Redis is loading the dataset in memory');
  expect(sentenceOfStartFault(loading, URL)).toMatch(/^Redis does not serve this process: LOADING/);
});

test('a fault of ours keeps its stack', () => {
  expect(sentenceOfStartFault(new TypeError('x is not a function'), URL)).toBeUndefined();
});
