/** Job ids carry their lane, and survive whatever clients send as one. */
import { expect, test } from 'vitest';
import { jobIdOf, mintReceiptId, parseJobId, receiptIdOfKey } from '../../../src/lanes/job-id.ts';

test('what is minted can be parsed', () => {
  const receiptId = mintReceiptId(1_780_000_000_000);
  const jobId = jobIdOf('seat-3', receiptId);
  expect(parseJobId(jobId)).toEqual({ lane: 'seat-3', receiptId });
});

test('no two ids are the same, and later ones begin higher', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) =>
    mintReceiptId(1_780_000_000_000 + index),
  );
  expect(new Set(ids).size).toBe(ids.length);
  const times = [ids[0], ids[9999]].map((id) =>
    Buffer.from(id as string, 'base64url').readUIntBE(0, 6),
  );
  expect(times[1]).toBeGreaterThan(times[0] as number);
});

test('an id is fit for BullMQ: no colon, never only digits', () => {
  expect(jobIdOf('user-0', mintReceiptId(0))).toMatch(/^user-0_[\w-]{22}$/);
});

test('one subject and key give one receipt id; another of either gives another', () => {
  expect(receiptIdOfKey('ada', 'k')).toBe(receiptIdOfKey('ada', 'k'));
  const others = [
    receiptIdOfKey('bob', 'k'),
    receiptIdOfKey('ada', 'l'),
    receiptIdOfKey('a', 'dak'),
  ];
  expect(new Set([receiptIdOfKey('ada', 'k'), ...others]).size).toBe(4);
});

test.each([
  '',
  'seat-3',
  'seat-3_',
  'seat-3_short',
  'seat--1_aaaaaaaaaaaaaaaaaaaaaa',
  '../../etc',
  'seat-999_aaaaaaaaaaaaaaaaaaaaaa',
  'seat-3_aaaaaaaaaaaaaaaaaaaaaa\n',
  'x'.repeat(10_000),
])('%j is no job id', (text) => {
  expect(parseJobId(text)).toBeUndefined();
});
