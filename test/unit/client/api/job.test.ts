/** The result or error of a finished job. */
import { expect, test } from 'vitest';
import { isFinished, type Job, resultOf } from '../../../../src/client/api/job.ts';
import { CommandFailed, Refusal } from '../../../../src/client/errors.ts';

function aJob(change: Partial<Job>): Job {
  return {
    id: 'seat-1_x',
    command: 'book-seat',
    state: 'queued',
    result: null,
    problem: null,
    createdAt: '2026-05-01T12:00:00.000Z',
    finishedAt: null,
    ...change,
  };
}

const problem = { type: 'urn:x', title: 'No', status: 409, detail: '', code: 'SEAT_ALREADY_HELD' };

test('a job has finished when it is neither queued nor running', () => {
  const states = ['queued', 'running', 'succeeded', 'rejected', 'failed'] as const;
  expect(states.filter((state) => isFinished(aJob({ state })))).toEqual(states.slice(2));
});

test('a succeeded job returns its result', () => {
  expect(resultOf(aJob({ state: 'succeeded', result: { id: 3 } }))).toEqual({ id: 3 });
});

test('a rejected job throws a Refusal with the job id', () => {
  expect(() => resultOf(aJob({ state: 'rejected', problem }))).toThrow(Refusal);
  expect(() => resultOf(aJob({ state: 'rejected', problem }))).toThrow(
    expect.objectContaining({ code: 'SEAT_ALREADY_HELD', jobId: 'seat-1_x' }),
  );
});

test('a failed job, and one in an unknown final state, throws CommandFailed', () => {
  expect(() => resultOf(aJob({ state: 'failed', problem }))).toThrow(CommandFailed);
  const unknown = aJob({ state: 'evaporated' as Job['state'] });
  expect(() => resultOf(unknown)).toThrow(CommandFailed);
  expect(() => resultOf(unknown)).toThrow('The job ended in the state "evaporated"');
});
