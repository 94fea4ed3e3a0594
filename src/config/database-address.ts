/** DATABASE_URL: the address of PostgreSQL, and how its connections are encrypted. */
import { accessSync, constants } from 'node:fs';
import { z } from 'zod';

/** Files that parameters of the address name. */
const FILES = ['sslrootcert', 'sslcert', 'sslkey'];

/** What processes set for their connections themselves. `pg` prefers what the address says. */
const SET_BY_US = new Set([
  ...['application_name', 'options', 'client_encoding', 'binary', 'replication'],
  ...['statement_timeout', 'query_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'],
]);

export const databaseUrl = z
  .url({
    protocol: /^postgres(ql)?$/,
    abort: true,
    error: ({ input }) =>
      `${input === undefined ? 'is missing: it must' : 'must'} be a PostgreSQL address such as postgres://user:secret@host/name`,
  })
  .superRefine((value, { addIssue }) => {
    const message = faultOf(new URL(value).searchParams);
    if (message) addIssue({ code: 'custom', message });
  });

function faultOf(parameters: URLSearchParams): string | undefined {
  const ours = [...parameters.keys()].find((name) => SET_BY_US.has(name));
  if (ours) return `must not have the parameter ${ours}: the processes set it for each connection`;
  const unreadable = FILES.map((name) => ({ name, file: parameters.get(name) })).find(
    ({ file }) => file !== null && !isReadable(file),
  );
  return unreadable && `names a file as ${unreadable.name} that cannot be read: ${unreadable.file}`;
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
