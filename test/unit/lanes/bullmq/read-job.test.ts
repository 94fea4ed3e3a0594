/** Commands as older versions stored them in their jobs. */
import { expect, test } from 'vitest';
import { toAccepted } from '../../../../src/lanes/bullmq/read-job.ts';

const accepted = { subject: 'ada', input: { seatId: 7 }, acceptedAt: 1, requestHash: '' };

test('a command is read as it was accepted', () => {
  expect(toAccepted(JSON.stringify({ ...accepted, entryId: 7 }))).toEqual({
    ...accepted,
    entryId: 7,
  });
  expect(toAccepted(JSON.stringify(accepted))).toEqual(accepted);
});

test('the number of a queue entry in a job of an older version is the id of the entry', () => {
  expect(toAccepted(JSON.stringify({ ...accepted, queueNumber: 7 }))).toEqual({
    ...accepted,
    entryId: 7,
  });
});
