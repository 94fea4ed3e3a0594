/** The addresses to which payment pages may send buyers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { demandReturnUrl, normalReturnUrl } from '../../../../src/http/payments/return-url.ts';
import { Problem } from '../../../../src/http/problems/problems.ts';
import { thrownBy } from '../../../support/thrown-by.ts';

const SHOP = 'https://shop.example';
const ANY_LOCAL = 'http://localhost:*';

test.each([
  SHOP,
  `${SHOP}/`,
  `${SHOP}/thanks?order=7&x=%20#top`,
  'https://SHOP.example:443/thanks',
  'https://shop.example\\thanks',
  `${SHOP}/?next=https://evil.example`,
])('%s has an allowed origin', (url) => {
  const allowed = normalReturnUrl(url, ['https://other.example', SHOP]);
  expect(new URL(allowed ?? '').origin).toBe(SHOP);
});

test.each([
  'http://shop.example/thanks',
  'https://shop.example:8443/thanks',
  'https://www.shop.example/thanks',
  'https://shop.example.evil.example/thanks',
  'https://evil.example/https://shop.example',
  'https://shop.example@evil.example/',
  'https://evil.example\\@shop.example/',
  'https://evil.example#@shop.example/',
  '//shop.example/thanks',
  'javascript://shop.example/%0aalert(1)',
  'data:text/html,https://shop.example',
  'shop.example/thanks',
  '',
])('%s has no allowed origin', (url) => {
  expect(normalReturnUrl(url, [SHOP])).toBeUndefined();
});

test('an address with a login is refused', () => {
  expect(normalReturnUrl('https://ada@shop.example/', [SHOP])).toBeUndefined();
  expect(normalReturnUrl('https://:secret@shop.example/', [SHOP])).toBeUndefined();
});

test('no origin is allowed unless the setting names it', () => {
  expect(normalReturnUrl(SHOP, [])).toBeUndefined();
  expect(normalReturnUrl('http://localhost:3000/', [SHOP])).toBeUndefined();
});

describe('any port of this machine', () => {
  test.each([
    'http://localhost/',
    'http://localhost:3000/#/x',
    'http://127.0.0.1:8080/',
    'http://[::1]:1/',
  ])('%s is of this machine', (url) => {
    expect(normalReturnUrl(url, [ANY_LOCAL])).toBe(url);
  });

  test.each([
    'https://localhost:3000/',
    'http://localhost.evil.example/',
    'http://evil.example:3000/',
    'http://localhost@evil.example/',
    'http://127.0.0.2.evil.example/',
  ])('%s is not of this machine', (url) => {
    expect(normalReturnUrl(url, [ANY_LOCAL])).toBeUndefined();
  });
});

test('an address that is too long in its normal form is refused', () => {
  const path = (bytes: number) => `${SHOP}/${'x'.repeat(bytes - SHOP.length - 1)}`;
  expect(normalReturnUrl(path(2000), [SHOP])).toBe(path(2000));
  expect(normalReturnUrl(path(2001), [SHOP])).toBeUndefined();
  // Each letter takes six characters once it is encoded.
  expect(normalReturnUrl(`${SHOP}/${'ü'.repeat(400)}`, [SHOP])).toBeUndefined();
});

test('whatever is accepted leads to an allowed origin, also for a parser that sees only the text', () => {
  const part = fc.constantFrom(
    ...['https:', 'http:', '//', '/', '\\', '@', '#', '?', ':', '.', ' ', '\t', '%2f', '\u3002'],
    ...['shop.example', 'evil.example', 'localhost', '443', '80', 'user', '[::1]', 'ß'],
  );
  const texts = fc.array(part, { maxLength: 10 }).map((parts) => `https:${parts.join('')}`);
  const property = fc.property(texts, (text) => {
    const accepted = normalReturnUrl(text, [SHOP]);
    if (accepted !== undefined) expect(`${accepted}/`).toMatch(/^https:\/\/shop\.example[/?#]/);
  });
  fc.assert(property, { numRuns: 3000, seed: 20_261_128 });
});

test('a refusal names the field', async () => {
  expect(demandReturnUrl(`${SHOP}/a b`, [SHOP])).toBe(`${SHOP}/a%20b`);
  const refused = (async () => demandReturnUrl('https://evil.example/', [SHOP]))();
  const error = await thrownBy(refused);
  expect(error).toBeInstanceOf(Problem);
  expect(error).toMatchObject({
    code: 'VALIDATION_FAILED',
    details: { errors: [{ path: 'returnUrl', message: expect.any(String) }] },
  });
});
