/** Commands that pages send again under their key. */
import { readdirSync, readFileSync } from 'node:fs';
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

/** Commands without a key of the page: to repeat them does no harm, or they can be wished again after another command. */
const REPEATABLE = [
  // They set a state, or give the one that is there.
  'editConcert',
  'editSchedule',
  'enterQueue',
  'leaveQueue',
  'openGate',
  'setAdmission',
  'setConcertImage',
  // Another command undoes them.
  'announceDraw',
  'blockSeats',
  'cancelDraw',
  'closeConcert',
  'closeSchedule',
  'moveDraw',
  'releaseSeats',
  'reopenConcert',
  'reopenSchedule',
  // They try again, each time.
  'retryCall',
  'retryCancellation',
  'retryRefund',
];

const textsOf = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(`${folder}/${path}`, 'utf8'));

/** The methods of the client that send a command: those that call one of these, and two that another class sends. */
const commandMethods = new Set(
  textsOf('src/client')
    .flatMap((text) => text.split('\n  }\n'))
    .filter((method) => /this\.(command|#begin|#bookTogether)[<(]/.test(method))
    .map((method) => /^ {2}(?:async )?(\w+)\(/m.exec(method)?.[1])
    .concat('enterQueue', 'leaveQueue'),
);

test('every command of the pages has a key to be sent again with, or can be repeated', () => {
  const calls = textsOf('src/web').flatMap((text) => [
    ...text.matchAll(/seatlane\s*\.(\w+)\(([^;]*?)\)[,;)}\s]/g),
  ]);
  const commands = calls.filter(([, method]) => commandMethods.has(method));
  const keyless = commands.filter(([, , given]) => !/\boptions$|\boptions,?\s*$/.test(given ?? ''));
  expect(new Set(keyless.map(([, method]) => method))).toEqual(new Set(REPEATABLE));
});
