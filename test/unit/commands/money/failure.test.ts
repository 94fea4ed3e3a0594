/** What a payment provider says about a failure becomes a line that commands and PostgreSQL take. */
import { expect, test } from 'vitest';
import { failure, failureText } from '../../../../src/commands/money/failure.ts';

test.each([
  ['CARD_DECLINED', 'CARD_DECLINED'],
  [' The card\r\n\twas  declined. ', 'The card was declined.'],
  ['no\u0000byte\u001b[31m of\u0085control', 'no byte [31m of control'],
  ['half a pair: \ud83d', 'half a pair: \ufffd'],
  ['\u0000 \n', 'refused'],
  ['', 'refused'],
  ['x'.repeat(501), 'x'.repeat(500)],
  [`${'x'.repeat(499)}\u{1f4b3}`, `${'x'.repeat(499)}\ufffd`],
])('%j becomes %j', (said, text) => {
  expect(failureText(said, 'refused')).toBe(text);
  expect(failure.parse(text)).toBe(text);
});
