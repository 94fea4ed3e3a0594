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

test.each(names)('docs/settings.md documents %s with its default', (name) => {
  expect(page).toContain(`\`${name}\``);
});

test.each(names.filter((name) => name !== 'EMBEDDED'))('.env.example contains %s', (name) => {
  const written = new RegExp(`^# ${name}=(.*)$`, 'm').exec(example)?.[1];
  expect(written).toBeDefined();
  const isChoice = name in needed || name === 'NODE_ENV' || defaults[name] === undefined;
  if (!isChoice) expect(written).toBe(String(defaults[name]));
});
