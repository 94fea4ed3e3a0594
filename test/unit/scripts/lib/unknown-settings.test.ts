/** Names that no setting has. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { unknownSettings } from '../../../../scripts/lib/unknown-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'seatlane-settings-'));
const file = join(folder, '.env');
afterAll(() => rmSync(folder, { recursive: true }));

function unknownIn(text: string): string[] {
  writeFileSync(file, text);
  return unknownSettings(file);
}

test.each([
  ['MAX_ACTIV=5', 'MAX_ACTIV', 'MAX_ACTIVE'],
  ['max_active=5', 'max_active', 'MAX_ACTIVE'],
  ['REDISURL=redis://a', 'REDISURL', 'REDIS_URL'],
])('%s is named, with what was probably meant', (text, name, meant) => {
  expect(unknownIn(text)).toEqual([`${name} in ${file} is no setting. Did you mean ${meant}?`]);
});

test('a name like no other is named alone', () => {
  expect(unknownIn('FAVOURITE_COLOUR=blue')).toEqual([
    `FAVOURITE_COLOUR in ${file} is no setting.`,
  ]);
});

test('settings, those of docker compose, and those of libraries are known', () => {
  const text = 'PORT=1\nPOSTGRES_PASSWORD=x\nOTEL_SERVICE_NAME=y\nNODE_OPTIONS=\n# MAX_ACTIV=5';
  expect(unknownIn(text)).toEqual([]);
  expect(unknownSettings(join(folder, 'nothing'))).toEqual([]);
});
