/** How often the client polls its queue entry, and what it tells of the end of waiting. */
import { expect, test } from 'vitest';
import { pollDelayMs, type WaitingEnd } from '../../../../src/client/api/waiting-queue.ts';
import { type ApiProblem, Seatlane } from '../../../../src/client/index.ts';

const noJitter = () => 0.5;

test('an entry is polled twelve times per wait, with 1 to 15 s between two polls', () => {
  const waits = [0, 5, 60, 120, 179, 180, 1000, 100_000];
  const delays = waits.map((seconds) => Math.round(pollDelayMs(seconds, noJitter)));
  expect(delays).toEqual([1000, 1000, 5000, 10_000, 14_917, 15_000, 15_000, 15_000]);
});

test('clients that entered at the same time poll at different times', () => {
  const delays = [() => 0, () => 1].map((random) => Math.round(pollDelayMs(60, random)));
  expect(delays).toEqual([4000, 6000]);
});

/** A client whose user has no open entry; the API says this too. */
function clientWithout(about: object): Seatlane {
  const problem = { type: 'urn:x', title: 'Not found', status: 404, detail: 'You are not in it.' };
  const body = { ...problem, code: 'QUEUE_ENTRY_NOT_FOUND', ...about };
  return new Seatlane({
    baseUrl: 'http://api.example',
    token: 'access',
    fetch: async () => Response.json(body, { status: 404 }),
  });
}

test('a user whose waiting has ended is told why, and one who never waited is not', async () => {
  const told: WaitingEnd[] = [];
  const onWaitingEnded = (end: WaitingEnd) => void told.push(end);
  const end = { endReason: 'sold-out', endedAt: '2026-11-21T02:25:08.316Z' } as const;
  expect(await clientWithout(end).queue({ onWaitingEnded })).toBeUndefined();
  expect(await clientWithout({}).queue({ onWaitingEnded })).toBeUndefined();
  expect(told).toEqual([end]);
  const error = await clientWithout(end)
    .untilAdmitted()
    .catch((cause: unknown) => cause);
  expect((error as ApiProblem).problem).toMatchObject(end);
});
