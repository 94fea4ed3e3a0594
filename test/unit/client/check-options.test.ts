/** The validation of a client's options. */
import { expect, test } from 'vitest';
import { Seatlane, type SeatlaneOptions, signIn } from '../../../src/client/index.ts';

const baseUrl = 'http://localhost:3000';

test.each<[Partial<SeatlaneOptions>, RegExp]>([
  [{ baseUrl: 'localhost:3000' }, /baseUrl must begin with http/],
  [{ waitSeconds: 31 }, /waitSeconds must be a whole number from 0 to 30, not 31/],
  [{ waitSeconds: 0.5 }, /waitSeconds/],
  [{ waitSeconds: -1 }, /waitSeconds/],
  [{ timeoutSeconds: 0 }, /timeoutSeconds must be above 0/],
  [{ timeoutSeconds: Number.POSITIVE_INFINITY }, /timeoutSeconds/],
  [{ timeoutSeconds: Number.NaN }, /timeoutSeconds/],
  [{ retries: -1 }, /retries must be a whole number of at least 0, or Infinity, not -1/],
  [{ retries: 1.5 }, /retries/],
])('%j is refused when the client is constructed', (wrong, why) => {
  expect(() => new Seatlane({ baseUrl, ...wrong })).toThrow(why);
});

test.each<Partial<SeatlaneOptions>>([
  {},
  { baseUrl: '' },
  { baseUrl: '/seats' },
  { waitSeconds: 0, timeoutSeconds: 0.5, retries: 0 },
  { waitSeconds: 30, retries: Number.POSITIVE_INFINITY },
])('%j is accepted', (right) => {
  expect(new Seatlane({ baseUrl, ...right })).toBeInstanceOf(Seatlane);
});

test('signIn refuses invalid options too', async () => {
  await expect(signIn('localhost', { subject: 'ada' })).rejects.toThrow(RangeError);
});
