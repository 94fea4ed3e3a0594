/** A job as it is shown. Results of commands that older versions applied are shown as those of the house queue. */
import { expect, test } from 'vitest';
import { toJob } from '../../../../src/http/jobs/job-resource.ts';
import type { CommandStatus } from '../../../../src/lanes/command-status.ts';

const present = async (entry: object) => entry;
const buyer = { isAdmin: false };
const deps = { queueEntries: { present, presentNow: present }, performances: {} };

async function resultOf(command: string, result: object): Promise<unknown> {
  const finished = { jobId: 'user-0_x', finishedAt: 2, outcome: { state: 'succeeded', result } };
  const status = { jobId: 'user-0_x', command, subject: 'ada', acceptedAt: new Date(1), finished };
  const job = await toJob(deps as never, status as unknown as CommandStatus, buyer);
  return job.result;
}

test.each(['enter-queue', 'leave-queue'])(
  'an old entry of %s has its number as the id',
  async (command) => {
    const old = { number: 12, state: 'waiting', expiresAt: null };
    expect(await resultOf(command, old)).toEqual({ ...old, id: 12, queueId: 1 });
    const now = { ...old, id: 2 ** 36 + 12, queueId: 2 };
    expect(await resultOf(command, now)).toEqual(now);
  },
);

test.each(['announce-draw', 'create-concert', 'set-admission'])(
  'an old result of %s names the house queue',
  async (command) => {
    expect(await resultOf(command, { concertId: 3 })).toEqual({ concertId: 3, queueId: 1 });
    const now = { concertId: 3, queueId: 2 };
    expect(await resultOf(command, now)).toEqual(now);
  },
);

test('a command that was accepted again tells when it was accepted first', async () => {
  const outcome = { state: 'succeeded', result: {} };
  const finished = { finishedAt: 2, outcome, firstAcceptedAt: 1 };
  const about = { jobId: 'user-0_x', command: 'charge-points', subject: 'ada' };
  const status = { ...about, acceptedAt: new Date(3), finished };
  const job = await toJob(deps as never, status as unknown as CommandStatus, buyer);
  expect(job.createdAt).toBe(new Date(1).toISOString());
});

test('results of other commands are shown as they are', async () => {
  expect(await resultOf('charge-points', { balance: 3 })).toEqual({ balance: 3 });
});
