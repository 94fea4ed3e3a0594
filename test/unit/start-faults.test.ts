/** Faults of the start as sentences; those of real services are in test/system/start-faults.test.ts. */
import { expect, test } from 'vitest';
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

test('a port that this user may not use is named', () => {
  const denied = failure('listen EACCES', { code: 'EACCES', port: 80 });
  expect(sentenceOfStartFault(denied, URL)).toContain('may not listen on port 80');
});

test('Redis that refuses to serve is not blamed on PostgreSQL', () => {
  const loading = failure('LOADING Redis is loading the dataset in memory');
  expect(sentenceOfStartFault(loading, URL)).toMatch(/^Redis does not serve this process: LOADING/);
});

test('a fault of ours keeps its stack', () => {
  expect(sentenceOfStartFault(new TypeError('x is not a function'), URL)).toBeUndefined();
});
