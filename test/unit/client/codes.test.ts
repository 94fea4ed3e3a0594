/** The client's own lists of codes, against those of the API. */
import { expect, test } from 'vitest';
import { PROBLEM_CODES, REFUSAL_CODES } from '../../../src/client/codes.ts';
import { REASONS } from '../../../src/domain/reasons.ts';
import { PROBLEM_CODES as API_CODES } from '../../../src/http/problems/problems.ts';

test('the client knows every reason of a rule, and no other', () => {
  expect(REFUSAL_CODES).toEqual(REASONS);
});

test('the client knows every code of a problem, and no other', () => {
  expect(PROBLEM_CODES.toSorted()).toEqual(API_CODES.toSorted());
});
