/** The input for registering a webhook: its URL, its commands and its events. */
import { describe, expect, test } from 'vitest';
import { registerWebhook } from '../../../../src/commands/operators/register-webhook.ts';

const url = 'https://example.com/hook';
const faultsOf = (input: object) =>
  registerWebhook.input.safeParse({ url, ...input }).error?.issues.map(({ path }) => path[0]) ?? [];

describe('the URL of a webhook', () => {
  test.each([
    'http://example.com',
    'https://example.com:8443/hook?from=seatlane',
    'https://[2001:db8::1]/hook',
    `https://example.com/${'x'.repeat(1980)}`,
  ])('can be %s', (address) => {
    expect(faultsOf({ url: address })).toEqual([]);
  });

  test.each([
    'example.com/hook',
    '/hook',
    'ftp://example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https://example.com/\0',
    'https://example.com/\ud800',
    'https://exam\u200bple.com/',
    `https://example.com/${'x'.repeat(1981)}`,
    '',
    5,
    null,
    undefined,
    [url],
  ])('cannot be %j', (address) => {
    expect(new Set(faultsOf({ url: address }))).toEqual(new Set(['url']));
  });

  test.each([
    'https://ada@example.com',
    'https://:secret@example.com',
    'https://ada:x@example.com',
  ])('cannot contain credentials, as in %s', (address) => {
    expect(faultsOf({ url: address })).toEqual(['url']);
  });
});

describe('the commands of a webhook', () => {
  test('are null, which means all commands, if they are missing', () => {
    for (const commands of [undefined, null]) {
      const webhook = registerWebhook.input.parse({ url, commands });
      expect(webhook).toEqual({ url, commands: null, events: [] });
    }
  });

  test('are 1 to 50 names', () => {
    const named = (count: number) => Array.from({ length: count }, () => 'book-seat');
    for (const count of [1, 50]) expect(faultsOf({ commands: named(count) })).toEqual([]);
    for (const count of [0, 51]) expect(faultsOf({ commands: named(count) })).toEqual(['commands']);
  });

  test('are names of 1 to 40 characters', () => {
    expect(faultsOf({ commands: ['x'.repeat(40)] })).toEqual([]);
    for (const wrong of ['', 'x'.repeat(41), 5, null]) {
      expect(faultsOf({ commands: [wrong] })).toEqual(['commands']);
    }
    expect(faultsOf({ commands: 'book-seat' })).toEqual(['commands']);
  });
});

describe('the events of a webhook', () => {
  test('default to none, and duplicates are dropped', () => {
    const events = ['hold-expired', 'draw-made', 'hold-expired'];
    expect(registerWebhook.input.parse({ url, events }).events).toEqual([
      'hold-expired',
      'draw-made',
    ]);
    expect(registerWebhook.input.parse({ url, events: null }).events).toEqual([]);
  });

  test('can be registered without any command', () => {
    expect(faultsOf({ commands: [], events: ['user-admitted'] })).toEqual([]);
    expect(faultsOf({ commands: [], events: [] })).toEqual(['commands']);
  });

  test('must be known', () => {
    for (const wrong of ['book-seat', 'Hold-Expired', '', 5, null]) {
      expect(faultsOf({ events: [wrong] })).toEqual(['events']);
    }
  });
});
