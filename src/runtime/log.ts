/** The structured log of both processes: one JSON line per event, on standard output. */
import { type Logger, pino } from 'pino';

/**
 * Opens a process's log.
 * @param name `api`, `worker` or the script's name; part of each line
 */
export function openLog(name: string, level: string): Logger {
  return pino({
    name,
    level,
    // These fields never reach the log, even if an error or a request carries them.
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
 * Serializes an error for the log. It copies only known fields, because a database error has the failing row in `detail`
 * and the statement with its values in the first lines of its message.
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
