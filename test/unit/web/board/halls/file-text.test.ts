/** The text of files in the encodings in which operators save them. */
import { expect, test } from 'vitest';
import { textOf } from '../../../../../src/web/board/halls/file-text.ts';

const TEXT = 'section,row\nÄußere,가';

test.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${TEXT}`)],
  ['UTF-16, as Excel saves Unicode text', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
  ['UTF-16 with the high byte first', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16()],
])('%s', (_, bytes) => {
  expect(textOf(bytes)).toBe(TEXT);
});

test('EUC-KR; what CP949 has beyond it is read by browsers only, and tested in one', () => {
  const bytes = Buffer.from([0xb1, 0xb8, 0xbf, 0xaa, 0x2c, 0x41]);
  expect(textOf(bytes)).toBe('구역,A');
});

test('Windows-1252', () => {
  expect(textOf(Buffer.from('Außen,Ränge', 'latin1'))).toBe('Außen,Ränge');
});

test('an empty file', () => {
  expect(textOf(new Uint8Array())).toBe('');
});
