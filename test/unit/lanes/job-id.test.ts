/** Job ids contain their lane; any other text of a client is not a job id. */
import { expect, test } from 'vitest';
import { jobIdOf, mintReceiptId, parseJobId, receiptIdOfKey } from '../../../src/lanes/job-id.ts';

const NOW_MS = 1_780_000_000_000;
const RECEIPT_ID = 'A'.repeat(22);

test.each(['seat-0', 'seat-63', 'user-7'] as const)(
  'what is minted for %s can be parsed',
  (lane) => {
    const receiptId = mintReceiptId(NOW_MS);
    expect(parseJobId(jobIdOf(lane, receiptId))).toEqual({ lane, receiptId });
    const ofKey = receiptIdOfKey('ada', 'one');
    expect(parseJobId(jobIdOf(lane, ofKey))).toEqual({ lane, receiptId: ofKey });
  },
);

test('ids minted at the same time are different', () => {
  const ids = Array.from({ length: 10_000 }, () => mintReceiptId(NOW_MS));
  expect(new Set(ids).size).toBe(ids.length);
});

test('an id begins with the time at which it was minted', () => {
  const timeOf = (id: string) => Buffer.from(id, 'base64url').readUIntBE(0, 6);
  expect(timeOf(mintReceiptId(NOW_MS))).toBe(NOW_MS);
  expect(timeOf(mintReceiptId(NOW_MS + 1))).toBe(NOW_MS + 1);
});

test('an id is valid for BullMQ: it has no colon and not only digits', () => {
  expect(jobIdOf('user-0', mintReceiptId(0))).toMatch(/^user-0_[\w-]{22}$/);
});

test('the receipt id depends only on the subject and the key', () => {
  expect(receiptIdOfKey('ada', 'one')).toBe(receiptIdOfKey('ada', 'one'));
  expect(receiptIdOfKey('ada', 'one')).toBe('iuXPpAfwMvK_zNV5hipiWg');
});

test('different subjects or keys give different receipt ids, also if their concatenations are equal', () => {
  const ids = [
    receiptIdOfKey('ada', 'one'),
    receiptIdOfKey('bea', 'one'),
    receiptIdOfKey('ada', 'two'),
    receiptIdOfKey('adao', 'ne'),
    receiptIdOfKey('ad', 'aone'),
    receiptIdOfKey('ada","one', ''),
    receiptIdOfKey('', 'ada","one'),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});

test.each([
  '',
  'seat-3',
  'seat-3_',
  'seat-3_short',
  RECEIPT_ID,
  `_${RECEIPT_ID}`,
  `seat_${RECEIPT_ID}`,
  `seat-_${RECEIPT_ID}`,
  `seat--1_${RECEIPT_ID}`,
  `seat-1.5_${RECEIPT_ID}`,
  `seat-999_${RECEIPT_ID}`,
  `SEAT-3_${RECEIPT_ID}`,
  `timers-0_${RECEIPT_ID}`,
  `seat-3_${RECEIPT_ID}A`,
  `seat-3_${RECEIPT_ID}\n`,
  ` seat-3_${RECEIPT_ID}`,
  `seat-3_${'A'.repeat(21)}:`,
  `seat-3_${'A'.repeat(21)}=`,
  `seat-3_${'A'.repeat(21)}\0`,
  `seat-3_${'ä'.repeat(22)}`,
  `seat-３_${RECEIPT_ID}`,
  `seat-3_${RECEIPT_ID}\nuser-1_${RECEIPT_ID}`,
  '../../etc/passwd',
  "' or 1=1 --",
  '__proto__',
])('%j is no job id', (text) => {
  expect(parseJobId(text)).toBeUndefined();
});

test('a megabyte of random text is quickly found not to be a job id', () => {
  expect(parseJobId('seat-1_'.repeat(150_000))).toBeUndefined();
});
