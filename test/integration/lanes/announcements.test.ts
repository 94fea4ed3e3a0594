/** What subscribers get when their connection is lost, whether it is closed or falls silent. */
import { expect, inject, test } from 'vitest';
import { announce, announceAdmission, listen } from '../../../src/lanes/announcements.ts';
import { connectWithRetries, untilReady } from '../../../src/lanes/redis/redis.ts';
import { openLog } from '../../../src/runtime/log.ts';
import { openTcpLine } from '../../support/network/tcp-line.ts';
import { waitFor } from '../../support/wait-for.ts';

const prefix = `announcements-${process.pid}`;

test('a cut connection is reported as a gap, and messages arrive again after the reconnect', async () => {
  const log = openLog('test', 'silent');
  const [listener, speaker] = [0, 1].map(() => connectWithRetries(inject('redisUrl'), log));
  if (!listener || !speaker) throw new Error('Two connections were opened.');
  const heard: unknown[] = [];
  await untilReady(listener);
  const id = Number(await listener.call('client', 'id'));
  await listen(listener, prefix, {
    outcomes: (announcements) => heard.push(...announcements),
    admission: (reached) => heard.push(...reached),
    gap: () => heard.push('gap'),
  });
  const reached = [1, 2].map((queueId) => ({ queueId, lastNumber: 7 }));
  await announceAdmission(speaker, prefix, reached);
  await waitFor('the admission', () => heard.length === 2);

  await speaker.call('client', 'kill', 'id', id);
  await waitFor('a gap that begins and ends', () => heard.length === 4);
  expect(heard).toEqual([...reached, 'gap', 'gap']);

  const one = { jobId: 'user-0_a', name: 'charge-points', acceptedAt: 1, finishedAt: 2 };
  const announcement = { ...one, outcome: { state: 'succeeded' as const, result: {} } };
  await waitFor('to be heard', async () => {
    await announce(speaker, prefix, [announcement]);
    return heard.length > 4;
  });
  expect(heard[4]).toEqual(announcement);
  listener.disconnect();
  speaker.disconnect();
});

test('a connection that loses packets is detected although it only receives, and messages arrive again after the reconnect', async () => {
  const line = await openTcpLine(inject('redisUrl'));
  const log = openLog('test', 'silent');
  const listener = connectWithRetries(line.url, log, 500);
  const speaker = connectWithRetries(inject('redisUrl'), log);
  let gaps = 0;
  const heard: number[] = [];
  await untilReady(listener);
  await listen(listener, `${prefix}-silent`, {
    outcomes: () => undefined,
    admission: (reached) => heard.push(...reached.map(({ lastNumber }) => lastNumber)),
    gap: () => (gaps += 1),
  });
  line.holdOpen();
  await waitFor('a gap that begins and ends', () => gaps >= 2);
  await waitFor('to be heard', async () => {
    await announceAdmission(speaker, `${prefix}-silent`, [{ queueId: 1, lastNumber: 7 }]);
    return heard.includes(7);
  });
  listener.disconnect();
  speaker.disconnect();
  await line.stop();
});
