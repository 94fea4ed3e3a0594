/** The structured log of both processes: one JSON line an event, on standard output. */
import { type Logger, pino } from 'pino';

/**
 * Opens a process's log.
 * @param name `api`, `worker` or the script's name: stands in each line
 */
export function openLog(name: string, level: string): Logger {
  return pino({
    name,
    level,
    // Whatever an error or a request carries along: no line ever shows these.
    redact: {
      paths: ['authorization', 'password', 'token', '*.authorization', '*.password', '*.token'],
      censor: '(hidden)',
    },
    serializers: { err: describeError },
  });
}

interface Described {
  type: string;
  message: string;
  code?: unknown;
  stack?: string;
  cause?: Described;
}

/**
 * What a log says of an error. Only named fields: a database error carries the failing row in
 * `detail`, and the whole statement with its values in its message after a dash.
 */
function describeError(error: unknown): Described {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: lastLine(error.message),
    ...(code !== undefined && { code }),
    ...(error.stack && { stack: framesOf(error.stack) }),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
}

const MESSAGE_LENGTH_MAX = 500;

function lastLine(message: string): string {
  return (message.trim().split('\n').at(-1) ?? '').slice(0, MESSAGE_LENGTH_MAX);
}

function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .join('\n');
}
