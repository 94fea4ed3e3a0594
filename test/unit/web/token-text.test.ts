/** Access tokens that somebody pastes. */
import { expect, test } from 'vitest';
import { tokenIn } from '../../../src/web/token-text.ts';

test('blanks around a token are left out', () => {
  expect(tokenIn(' eyJ.a-b_c.d~e+f/g== \n')).toBe('eyJ.a-b_c.d~e+f/g==');
});

test.each(['eyJ\u200b.a.b', 'eyJ a', '토큰', ''])('%j is no token', (text) => {
  expect(tokenIn(text)).toBeUndefined();
});
