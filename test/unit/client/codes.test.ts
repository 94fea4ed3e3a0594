/** The client's lists of codes must equal those of the API. */
import { expect, test } from 'vitest';
import { PROBLEM_CODES, REFUSAL_CODES } from '../../../src/client/codes.ts';
import { REASONS } from '../../../src/domain/reasons.ts';
import { PROBLEM_CODES as API_CODES } from '../../../src/http/problems/problems.ts';

test('the client has exactly the reasons of the rules', () => {
  expect(REFUSAL_CODES).toEqual(REASONS);
});

test('the client has exactly the problem codes of the API', () => {
  expect(PROBLEM_CODES.toSorted()).toEqual(API_CODES.toSorted());
});
