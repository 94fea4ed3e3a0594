/** What a log line contains, and what it never contains. */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { openLog } from '../../../src/runtime/log.ts';

type Log = ReturnType<typeof openLog>;

/** The lines that `write` makes; the log's own stream would write to standard output. */
function written(write: (log: Log) => void, level = 'info') {
  const lines: string[] = [];
  const log = openLog('test', level);
  Object.assign(log, { [pino.symbols.streamSym]: { write: (line: string) => lines.push(line) } });
  write(log);
  return lines.map((line) => ({ line, fields: JSON.parse(line) }));
}

const rowOfAda = {
  code: '23505',
  constraint: 'app_user_subject',
  detail: 'Key (subject)=(ada@example.com) already exists.',
  where: 'while inserting ada@example.com',
  parameters: ['ada@example.com'],
};

test('a database error shows its code and message, and never the row that it carries', () => {
  const error = Object.assign(new Error('duplicate key value'), rowOfAda);
  const [entry] = written((log) => log.error({ err: error }, 'A batch failed.'));
  expect(entry?.fields).toMatchObject({
    name: 'test',
    msg: 'A batch failed.',
    err: { type: 'Error', message: 'duplicate key value', code: '23505' },
  });
  expect(entry?.line).not.toContain('ada@example.com');
});

test('the cause of an error is shown in the same way', () => {
  const cause = Object.assign(new Error('duplicate key value'), rowOfAda);
  const error = new Error('The user could not be added.', { cause });
  const [entry] = written((log) => log.error({ err: error }, 'A batch failed.'));
  expect(entry?.fields.err.cause).toMatchObject({ message: 'duplicate key value', code: '23505' });
  expect(entry?.line).not.toContain('ada@example.com');
});

test('a statement that stands before the message of an error is left out', () => {
  const error = new Error("insert into app_user values ('ada@example.com')\nduplicate key value");
  const [entry] = written((log) => log.error({ err: error }, 'A batch failed.'));
  expect(entry?.fields.err.message).toBe('duplicate key value');
  expect(entry?.line).not.toContain('ada@example.com');
});

test('a message is cut to 500 characters, and a trailing line end adds no line', () => {
  const [entry] = written((log) => log.error({ err: new Error(`${'x'.repeat(501)}\n`) }, 'A bug.'));
  expect(entry?.fields.err.message).toBe('x'.repeat(500));
});

test('the first eight frames of an error are shown, without its message', () => {
  const error = new Error('broken');
  const frames = Array.from({ length: 20 }, (_, depth) => `    at step${depth} (file.ts:${depth})`);
  error.stack = ['Error: broken', ...frames].join('\n');
  const [entry] = written((log) => log.error({ err: error }, 'A bug.'));
  expect(entry?.fields.err.stack).toBe(frames.slice(0, 8).join('\n'));
});

test('a thrown value that is not an error is shown as text', () => {
  const [entry] = written((log) => log.error({ err: 'out of paper' }, 'A bug.'));
  expect(entry?.fields.err).toEqual({ type: 'string', message: 'out of paper' });
});

test.each([
  { token: 'abc' },
  { password: 'abc' },
  { authorization: 'Bearer abc' },
  { request: { authorization: 'Bearer abc' } },
  { config: { password: 'abc' } },
  { caller: { token: 'abc' } },
])('%j is written without its secret', (fields) => {
  const [entry] = written((log) => log.info(fields, 'Hello.'));
  expect(entry?.line).not.toContain('abc');
  expect(entry?.line).toContain('(hidden)');
});

test('lines below the level are not written', () => {
  const lines = written((log) => {
    log.info('too quiet');
    log.warn('loud enough');
  }, 'warn');
  expect(lines.map(({ fields }) => fields.msg)).toEqual(['loud enough']);
});
