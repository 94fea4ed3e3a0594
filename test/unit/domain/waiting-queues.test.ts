/** The rules for creating waiting queues, and for the ceiling of active users over all of them. */
import { expect, test } from 'vitest';
import { decideNewQueue, refuseCeilings } from '../../../src/domain/waiting-queues.ts';
import { provePrecedence } from './rules.ts';

const settings = { maxActive: 100, maxActiveTotal: 250 };
const house = { id: 7, queueId: 1 };

provePrecedence(
  decideNewQueue,
  {
    input: {
      concerts: [
        { id: 8, queueId: 2 },
        { id: 9, queueId: undefined },
      ],
      houseQueueId: 1,
      queues: [{ maxActive: null }, { maxActive: 151 }],
      settings,
    },
    reason: 'CONCERT_NOT_FOUND',
  },
  [
    {
      fixed: 'the missing concert',
      by: { concerts: [house, { id: 8, queueId: 2 }] },
      reason: 'CONCERT_HAS_QUEUE',
    },
    {
      fixed: 'the other queue',
      by: { concerts: [house] },
      reason: 'ADMISSION_CEILING_EXCEEDED',
    },
    { fixed: 'the ceiling', by: { queues: [{ maxActive: 250 }] }, reason: undefined },
  ],
);

test('a refusal names the concert', () => {
  const input = { houseQueueId: 1, queues: [], settings };
  const missing = decideNewQueue({ ...input, concerts: [house, { id: 9, queueId: undefined }] });
  expect(missing.refusal?.about).toEqual({ concertId: 9 });
  const taken = decideNewQueue({ ...input, concerts: [house, { id: 8, queueId: 2 }] });
  expect(taken.refusal?.about).toEqual({ concertId: 8 });
});

test('a queue without a value of its own counts with the configured one', () => {
  const both = [{ maxActive: null }, { maxActive: null }];
  expect(refuseCeilings([...both, { maxActive: 50 }], settings)).toBeUndefined();
  expect(refuseCeilings([...both, { maxActive: 51 }], settings)?.code).toBe(
    'ADMISSION_CEILING_EXCEEDED',
  );
});

test('without a limit no sum is too high', () => {
  expect(refuseCeilings([{ maxActive: 1e9 }], { ...settings, maxActiveTotal: 0 })).toBeUndefined();
});
