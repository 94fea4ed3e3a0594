/** What those who listen hear where their connection is lost for a moment. */
import { expect, inject, test } from 'vitest';
import { announce, announceAdmission, listen } from '../../../src/lanes/announcements.ts';
import { connectPatiently, untilReady } from '../../../src/lanes/redis.ts';
import { openLog } from '../../../src/log.ts';
import { waitFor } from '../../support/wait-for.ts';

const prefix = `announcements-${process.pid}`;

test('a connection that is cut is told of as a gap, and then hears again', async () => {
  const log = openLog('test', 'silent');
  const [listener, speaker] = [0, 1].map(() => connectPatiently(inject('redisUrl'), log));
  if (!listener || !speaker) throw new Error('Two connections were opened.');
  const heard: unknown[] = [];
  await untilReady(listener);
  const id = Number(await listener.call('client', 'id'));
  await listen(listener, prefix, {
    outcomes: (announcements) => heard.push(...announcements),
    admission: (lastNumber) => heard.push(lastNumber),
    gap: () => heard.push('gap'),
  });
  await announceAdmission(speaker, { prefix, lastNumber: 7 });
  await waitFor('the admission', () => heard.length === 1);

  await speaker.call('client', 'kill', 'id', id);
  await waitFor('a gap that begins and ends', () => heard.length === 3);
  expect(heard).toEqual([7, 'gap', 'gap']);

  const one = { jobId: 'user-0_a', name: 'charge-points', acceptedAt: 1, finishedAt: 2 };
  const announcement = { ...one, outcome: { state: 'succeeded' as const, result: {} } };
  await waitFor('to be heard', async () => {
    await announce(speaker, prefix, [announcement]);
    return heard.length > 3;
  });
  expect(heard[3]).toEqual(announcement);
  listener.disconnect();
  speaker.disconnect();
});
