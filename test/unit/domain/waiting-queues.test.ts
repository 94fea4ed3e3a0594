/** The rules for creating waiting queues, and for the ceiling of active users over all of them. */
import { expect, test } from 'vitest';
import { decideNewQueue, refuseCeilings } from '../../../src/domain/waiting-queues.ts';
import { minutesFromNow } from '../../support/builders.ts';
import { provePrecedence } from './rules.ts';

const settings = { maxActive: 100, maxActiveTotal: 250 };
const house = { id: 7, queueId: 1 };
const aDraw = (concertId: number, from: number, to: number) => ({
  concertId,
  gathersAt: minutesFromNow(from),
  opensAt: minutesFromNow(to),
});

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
      draws: [aDraw(7, 1, 2), aDraw(8, 3, 5), aDraw(9, 4, 6)],
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
    {
      fixed: 'the ceiling',
      by: { queues: [{ maxActive: 250 }] },
      reason: 'DRAW_ALREADY_ANNOUNCED',
    },
    {
      fixed: 'the draws that overlap',
      by: { draws: [aDraw(7, 1, 2), aDraw(8, 3, 5), aDraw(9, 5, 6)] },
      reason: undefined,
    },
  ],
);

test('a refusal names the concert', () => {
  const input = { houseQueueId: 1, queues: [], draws: [], settings };
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
