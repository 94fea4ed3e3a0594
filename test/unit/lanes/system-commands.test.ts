/** Commands that no user sends. */
import { expect, test } from 'vitest';
import { chargePoints } from '../../../src/commands/points/charge-points.ts';
import { parseJobId, receiptIdOfKey } from '../../../src/lanes/job-id.ts';
import type { LaneJob } from '../../../src/lanes/lane-queue.ts';
import { laneOf } from '../../../src/lanes/lanes.ts';
import { SystemCommands } from '../../../src/lanes/system-commands.ts';

const COUNTS = { seatLanes: 8, userLanes: 8 };
const added: { lane: string; job: LaneJob }[] = [];
const commands = new SystemCommands(
  {
    async add(lane, jobs) {
      added.push(...jobs.map((job) => ({ lane, job })));
      return [];
    },
  },
  COUNTS,
);
const charge = (receiptText: string, amount = 5) =>
  commands.enqueue(chargePoints, { amount }, { subject: 'ada', receiptText, acceptedAt: 7 });

test('a command goes into the lane of its user, with all that a batch needs', async () => {
  const jobId = await charge('call 1 1');
  const lane = laneOf({ kind: 'user', key: 'ada' }, COUNTS);
  expect(parseJobId(jobId)?.lane).toBe(lane);
  expect(added.at(-1)).toEqual({
    lane,
    job: {
      jobId,
      name: 'charge-points',
      accepted: { subject: 'ada', input: { amount: 5 }, acceptedAt: 7, requestHash: '' },
    },
  });
});

test('its text alone says which command it is', async () => {
  expect(await charge('call 2 1')).toBe(await charge('call 2 1', 6));
  expect(await charge('call 2 1')).not.toBe(await charge('call 2 2'));
});

test('a user’s idempotency key never names a command of the system', async () => {
  const id = parseJobId(await charge('call 3 1'))?.receiptId;
  for (const subject of ['ada', 'system', '']) {
    expect(receiptIdOfKey(subject, 'call 3 1')).not.toBe(id);
  }
});
