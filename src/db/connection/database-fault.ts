/** Why PostgreSQL cannot be used, as a sentence for the operator who can mend it. */
import { isServiceUnavailable } from '../../runtime/service-errors.ts';

/** PostgreSQL's SQLSTATE for an unknown database; class 28 is about the user and the password. */
const NO_DATABASE = '3D000';

/** A pooler shares sessions among connections. The message says what to do. */
export class SessionsShared extends Error {
  override readonly name = 'SessionsShared';

  constructor() {
    super(
      'DATABASE_URL points to a pooler in transaction mode, which shares sessions. Worker processes own lanes by session locks, which such a pooler loses. Give them a direct connection to PostgreSQL.',
    );
  }
}

/**
 * @param databaseUrl DATABASE_URL; of it only the host and the name of the database are shown
 * @returns undefined if the error has another cause
 */
export function sentenceOfDatabaseFault(error: unknown, databaseUrl: string): string | undefined {
  const { message } = error as Error;
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  const { host, pathname } = URL.parse(databaseUrl) ?? { host: 'DATABASE_URL', pathname: '' };
  if (code === NO_DATABASE || code.startsWith('28')) {
    return `PostgreSQL at ${host} refuses the connection: ${message}. Correct the user, the password or the database (${pathname.slice(1)}) in DATABASE_URL, or create them.`;
  }
  if (isServiceUnavailable(error)) {
    return `PostgreSQL does not respond at ${host}: ${reasonOf(error)}. Is \`npm start\` (or your own server) still running, and is DATABASE_URL right?`;
  }
  return undefined;
}

/** The message; if a host has several addresses, those of all of them. */
function reasonOf(error: unknown): string {
  const { message, errors } = error as Error & { errors?: Error[] };
  return message || (errors ?? []).map((each) => each.message).join(', ');
}
