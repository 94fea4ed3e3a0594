/** Which addresses webhook messages may be sent to. */
import { expect, test } from 'vitest';
import { isPublic } from '../../../../../src/commands/operators/public-address.ts';
import { refuseLiteral } from '../../../../../workers/outbox/webhooks/addresses.ts';

test.each([
  ['93.184.216.34', true],
  ['2606:2800:220:1:248:1893:25c8:1946', true],
  ['127.0.0.1', false],
  ['127.8.8.8', false],
  ['10.1.2.3', false],
  ['172.16.0.1', false],
  ['172.32.0.1', true],
  ['192.168.1.1', false],
  ['169.254.169.254', false],
  ['100.64.0.1', false],
  ['0.0.0.0', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::1', false],
  ['::', false],
  ['fe80::1', false],
  ['fd00::1', false],
  ['ff02::1', false],
  ['::ffff:10.0.0.1', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:7f00:1', false],
  ['::ffff:93.184.216.34', true],
  ['::127.0.0.1', false],
  ['64:ff9b::7f00:1', false],
  ['2001:0:1::1', false],
  ['fec0::1', false],
  ['fe80::1%lo', false],
  ['localhost', false],
])('whether %s is public: %s', (address, expected) => {
  expect(isPublic(address)).toBe(expected);
});

test.each(['127.0.0.1', '[::1]', '[::ffff:7f00:1]', '10.0.0.1'])(
  'the literal address %s is refused',
  (hostname) => {
    expect(() => refuseLiteral(hostname)).toThrow(/private or special/);
  },
);

test('a name is checked when it is resolved', () => {
  expect(() => refuseLiteral('example.com')).not.toThrow();
});
