/** What a log line never shows. */
import { expect, test, vi } from 'vitest';
import { openLog } from '../../src/log.ts';

function written(write: (log: ReturnType<typeof openLog>) => void): string {
  const lines: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const log = openLog('test', 'info');
    const symbols = Object.getOwnPropertySymbols(log);
    const stream = symbols.map((symbol) => Reflect.get(log, symbol)).find((part) => part?.write);
    stream.write = (line: string) => lines.push(line);
    write(log);
  } finally {
    spy.mockRestore();
  }
  return lines.join('');
}

test('a database error shows its code, and neither the row nor the statement', () => {
  const error = Object.assign(
    new Error('insert into app_user values (1) - violates a constraint'),
    {
      code: '23505',
      detail: 'Key (subject)=(ada@example.com) already exists.',
    },
  );
  const line = written((log) => log.error({ err: error }, 'A batch failed.'));
  expect(line).toContain('23505');
  expect(line).not.toContain('ada@example.com');
});

test('tokens and passwords are hidden wherever they stand', () => {
  const line = written((log) =>
    log.info({ token: 'abc', request: { authorization: 'Bearer xyz' } }),
  );
  expect(line).not.toMatch(/abc|xyz/);
  expect(line).toContain('(hidden)');
});
