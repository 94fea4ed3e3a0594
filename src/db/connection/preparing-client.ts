/**
 * A PostgreSQL client that prepares every statement with parameters once a connection, and then sends
 * its name only. Our statements take arrays, so there are a few dozen texts however many rows; parsing
 * and planning them each time took a third of a batch (docs/decisions/0005).
 */
import { hash } from 'node:crypto';
import { Client } from 'pg';

const names = new Map<string, string>();

/** PostgreSQL cuts names after 63 bytes; 22 characters of a digest are enough to tell them apart. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = hash('sha256', text, 'base64url').slice(0, 22);
    names.set(text, name);
  }
  return name;
}

type Query = (this: Client, ...args: unknown[]) => unknown;

export class PreparingClient extends Client {
  // `pg` overloads this method in ten ways; the ORM calls it as (text, values), the only one changed.
  override query: never = function query(this: Client, ...args: unknown[]) {
    const [text, values, ...rest] = args;
    const isPlain = typeof text === 'string' && Array.isArray(values) && values.length > 0;
    const given = isPlain ? [{ name: nameOf(text), text, values }, ...rest] : args;
    return (Client.prototype.query as Query).apply(this, given);
  } as never;
}
