/** Every setting is documented with its default. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { environmentSchema } from '../../../src/config/settings.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const page = readFileSync(join(ROOT, 'docs/settings.md'), 'utf8');
const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
const names = Object.keys(environmentSchema.shape);
const needed = { DATABASE_URL: 'postgres://localhost/x', REDIS_URL: 'redis://localhost' };
const defaults: Record<string, unknown> = environmentSchema.parse(needed);

/** What the table says is the default, by setting. A row may name several settings, and then as many defaults. */
const documented = new Map(
  [...page.matchAll(/^\| (`[A-Z].*)/gm)].flatMap(([, row = '']) => {
    const [named = '', said = ''] = row.split('|').map((cell) => cell.trim());
    const settings = [...named.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name);
    const values = said.split(', ');
    return settings.map((name, place) => [name, values[place] ?? values[0]] as const);
  }),
);
/** Settings without a default in the schema, and what the table says of them. */
const WITHOUT_DEFAULT = ['', 'none', "Stripe's own", '`JWT_SECRET`', '`QUEUE_TOKEN_SECRET`'];

test('docs/settings.md lists every setting but EMBEDDED, and no other', () => {
  expect([...documented.keys(), 'EMBEDDED'].toSorted()).toEqual(names.toSorted());
  expect(page).toContain('`EMBEDDED`');
});

test.each([...documented.keys()])('docs/settings.md documents %s with its default', (name) => {
  const value = name in needed ? undefined : defaults[name];
  const hasDefault = value !== undefined && String(value) !== '';
  if (hasDefault) expect(documented.get(name)).toBe(String(value));
  else expect(WITHOUT_DEFAULT).toContain(documented.get(name));
});

test.each(names.filter((name) => name !== 'EMBEDDED'))('.env.example contains %s', (name) => {
  const written = new RegExp(`^# ${name}=(.*)$`, 'm').exec(example)?.[1];
  expect(written).toBeDefined();
  const isChoice = name in needed || name === 'NODE_ENV' || defaults[name] === undefined;
  if (!isChoice) expect(written).toBe(String(defaults[name]));
});
