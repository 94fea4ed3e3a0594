/** Unknown names in a file of settings. */
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
])('%s is reported with the setting that was probably meant', (text, name, meant) => {
  expect(unknownIn(text)).toEqual([`${name} in ${file} is not a setting. Did you mean ${meant}?`]);
});

test('a name that resembles no setting is reported without a suggestion', () => {
  expect(unknownIn('FAVOURITE_COLOUR=blue')).toEqual([
    `FAVOURITE_COLOUR in ${file} is not a setting.`,
  ]);
});

test('settings, variables of docker compose and variables of libraries are known', () => {
  const text = 'PORT=1\nPOSTGRES_PASSWORD=x\nOTEL_SERVICE_NAME=y\nNODE_OPTIONS=\n# MAX_ACTIV=5';
  expect(unknownIn(text)).toEqual([]);
  expect(unknownSettings(join(folder, 'nothing'))).toEqual([]);
});
