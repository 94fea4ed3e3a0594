/** Commands that pages send again under their key. */
import { beforeEach, expect, test, vi } from 'vitest';
import { CommandFailed, Unreachable } from '../../../src/client/errors.ts';
import type { CommandOptions } from '../../../src/client/index.ts';
import { forgetUnanswered, sendOnce } from '../../../src/web/send-once.ts';

// The page's API client reads the session from the browser's storage.
vi.mock('../../../src/web/api.ts', () => ({
  callApi: (call: (api: object) => unknown) => call({}),
}));

const unreachable = (key: string) => new Unreachable('POST /orders', 3, key, new Error('reset'));

/** Sends `command` and gets no answer under `key`. */
async function loseAnswer(command: readonly [string, ...unknown[]], key: string): Promise<void> {
  const sending = sendOnce(command, () => Promise.reject(unreachable(key)));
  await expect(sending).rejects.toBeInstanceOf(Unreachable);
}

/** The key under which `command` is sent. */
const keyOf = (command: readonly [string, ...unknown[]]) =>
  sendOnce(command, async (_, { idempotencyKey }: CommandOptions) => idempotencyKey);

beforeEach(() => {
  for (const name of ['order', 'order seats', 'pay']) forgetUnanswered(name);
});

test('a command without an answer is sent again under its key, until there is one', async () => {
  await loseAnswer(['order', { seatIds: [1, 2] }], 'first');
  expect(await keyOf(['order', { seatIds: [1, 3] }])).toBeUndefined();
  expect(await keyOf(['pay', { seatIds: [1, 2] }])).toBeUndefined();
  expect(await keyOf(['order', { seatIds: [1, 2] }])).toBe('first');
  expect(await keyOf(['order', { seatIds: [1, 2] }])).toBeUndefined();
});

test('a refusal is an answer', async () => {
  await loseAnswer(['order', 1], 'first');
  const refused = new CommandFailed({ code: 'INTERNAL_ERROR' } as never, 'job');
  const sending = sendOnce(['order', 1], () => Promise.reject(refused));
  await expect(sending).rejects.toBe(refused);
  expect(await keyOf(['order', 1])).toBeUndefined();
});

test('an error that is no answer leaves the key', async () => {
  await loseAnswer(['order', 1], 'first');
  const sending = sendOnce(['order', 1], () => Promise.reject(new Error('signed out')));
  await expect(sending).rejects.toThrow('signed out');
  expect(await keyOf(['order', 1])).toBe('first');
});

test('what the user has seen is forgotten, by name', async () => {
  await loseAnswer(['order', 1], 'first');
  await loseAnswer(['order seats', 1], 'second');
  forgetUnanswered('order');
  expect(await keyOf(['order', 1])).toBeUndefined();
  expect(await keyOf(['order seats', 1])).toBe('second');
});
