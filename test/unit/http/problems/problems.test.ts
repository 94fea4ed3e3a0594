/** From errors and refusals to problem responses. */
import { describe, expect, test } from 'vitest';
import { REASONS } from '../../../../src/domain/reasons.ts';
import {
  isProblemCode,
  outcomeProblem,
  Problem,
  problemBody,
  problemResponse,
  statusOf,
} from '../../../../src/http/problems/problems.ts';

test.each(REASONS)('%s has a status from 400 to 499, or 503', (reason) => {
  expect(isProblemCode(reason), `add ${reason} to PROBLEMS in src/http/problems/problems.ts`).toBe(
    true,
  );
  expect([400, 403, 404, 409, 422, 503]).toContain(isProblemCode(reason) && statusOf(reason));
});

test.each([
  ['QUEUE_TOKEN_INVALID', 403],
  ['QUEUE_FULL', 503],
  ['SEAT_NOT_FOUND', 404],
  ['NOT_BOOKING_OWNER', 403],
  ['SEAT_ALREADY_HELD', 409],
  ['INSUFFICIENT_POINTS', 409],
  ['IDEMPOTENCY_KEY_REUSED', 422],
  ['COMMAND_FAILED', 500],
  ['VALIDATION_FAILED', 400],
  ['TOKEN_EXPIRED', 401],
  ['BODY_TOO_LARGE', 413],
  ['RATE_LIMITED', 429],
  ['LANE_FULL', 503],
] as const)('%s is answered with %i', (code, status) => {
  expect(statusOf(code)).toBe(status);
});

test.each(['toString', '__proto__', 'constructor', '', 'seat_not_found'])(
  '%j is no code',
  (code) => {
    expect(isProblemCode(code)).toBe(false);
  },
);

test('a problem has a type, a title, a status, and the fields of its subject', () => {
  expect(problemBody('SEAT_NOT_FOUND', { detail: 'There is no seat 7.', seatId: 7 })).toEqual({
    type: 'urn:seatlane:problem:seat-not-found',
    title: 'Seat not found',
    status: 404,
    code: 'SEAT_NOT_FOUND',
    detail: 'There is no seat 7.',
    seatId: 7,
  });
});

test('a thrown problem has the message of its detail', () => {
  const problem = new Problem('FORBIDDEN', { detail: 'Only operators may do this.' });
  expect(problem).toBeInstanceOf(Error);
  expect(String(problem)).toBe('Problem: Only operators may do this.');
});

describe('the problem of a command', () => {
  test('has the detail that the worker gave', () => {
    const outcome = { code: 'SEAT_ALREADY_SOLD', detail: 'Seat 7 is sold.', seatId: 7 };
    expect(outcomeProblem(outcome)).toMatchObject({ ...outcome, status: 409 });
  });

  test.each(['TOO_MODERN', 'toString'])(
    'counts as a failure where a newer worker calls it %s',
    (code) => {
      const problem = outcomeProblem({ code, detail: 'What is that?' });
      expect(problem).toMatchObject({ code: 'COMMAND_FAILED', status: 500 });
    },
  );
});

describe('a response', () => {
  const busy = { detail: 'Come back.', retryAfterSeconds: 3 };

  test('is problem+json with the status of its body', async () => {
    const answer = problemResponse('SEAT_NOT_FOUND', { detail: 'There is no seat 7.' });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 404, code: 'SEAT_NOT_FOUND' });
  });

  test('has Retry-After as a header and not in the body', async () => {
    const answer = problemResponse('LANE_FULL', busy);
    expect(answer.headers.get('retry-after')).toBe('3');
    expect(await answer.json()).not.toHaveProperty('retryAfterSeconds');
  });

  test.each([
    ['TOKEN_NOT_PROVIDED', 'Bearer'],
    ['INVALID_TOKEN', 'Bearer error="invalid_token"'],
    ['TOKEN_EXPIRED', 'Bearer error="invalid_token"'],
    ['FORBIDDEN', null],
    ['SEAT_NOT_FOUND', null],
  ] as const)('with %s asks for the scheme %s', (code, scheme) => {
    const answer = problemResponse(code, { detail: 'No.' });
    expect(answer.headers.get('www-authenticate')).toBe(scheme);
  });

  test.each([
    ['REQUEST_TIMEOUT', 'close'],
    ['SEAT_NOT_FOUND', null],
  ] as const)('with %s has the connection %s', (code, connection) => {
    const answer = problemResponse(code, { detail: 'No.' });
    expect(answer.headers.get('connection')).toBe(connection);
  });

  test('has the given headers', () => {
    const answer = problemResponse('LANE_FULL', busy, { Location: '/jobs/1' });
    expect(answer.headers.get('location')).toBe('/jobs/1');
  });
});
