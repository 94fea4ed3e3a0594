/** A card payment whose answer was lost begins once, however often the buyer asks for it. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { CommandOptions } from '../../../../src/client/index.ts';

/** The keys with which payments were begun. */
let keys: (string | undefined)[];
let isAnswerLost: boolean;

let payments: typeof import('../../../../src/web/cards/payments.ts');
let Unreachable: typeof import('../../../../src/client/errors.ts').Unreachable;
beforeAll(async () => {
  vi.stubGlobal('document', { body: { dataset: {} } });
  vi.stubGlobal('location', { origin: 'https://seatlane.example', pathname: '/', hash: '' });
  // Other files of this thread may have loaded these with other replacements.
  vi.resetModules();
  payments = await import('../../../../src/web/cards/payments.ts');
  ({ Unreachable } = await import('../../../../src/client/errors.ts'));
});
afterAll(() => {
  vi.resetModules();
  vi.unstubAllGlobals();
});

async function begin({ idempotencyKey }: CommandOptions = {}) {
  keys.push(idempotencyKey);
  if (isAnswerLost) throw new Unreachable('POST', 3, idempotencyKey ?? 'a key', new Error());
  return { id: 5, redirectUrl: null, expiresAt: '2999-01-01T00:00:00Z' };
}
const api = {
  checkoutOrder: (_order: object, _payment: object, options?: CommandOptions) => begin(options),
  topUp: (_amount: number, _payment: object, options?: CommandOptions) => begin(options),
};

// These need a browser.
vi.mock('../../../../src/web/api.ts', () => ({
  callApi: (call: (given: typeof api) => unknown) => call(api),
  problemOf: () => undefined,
}));
vi.mock('../../../../src/web/queue-entry.ts', () => ({ prolongAdmission: () => undefined }));
vi.mock('../../../../src/web/route.ts', () => ({ addressOf: { checkout: () => '#/checkout' } }));

beforeEach(() => {
  keys = [];
});

test.each([
  ['a payment of an order', () => payments.payByCard({ id: 7 })],
  ['a purchase of points', () => payments.buyPoints(500)],
])('%s without an answer is sent again under its key', async (_, pay) => {
  isAnswerLost = true;
  await expect(pay()).rejects.toBeInstanceOf(Unreachable);
  isAnswerLost = false;
  await pay();
  await pay();
  expect(keys).toEqual([undefined, 'a key', undefined]);
});
