/** What depends on the times of presence, or on the size of the blocks of a line, and cannot import them. */
import { expect, test } from 'vitest';
import { pollDelayMs } from '../../../../../src/client/api/waiting-queue.ts';
import { ConfigError, readConfig } from '../../../../../src/config/config.ts';
import { QueueBlock } from '../../../../../src/db/entities/queue/queue-block.ts';
import { BLOCK_SIZE } from '../../../../../src/db/reads/queue/line.ts';
import {
  FAR_NOTED_EVERY_MS,
  FAR_UNSEEN_MS,
  POLL_PAUSE_MAX_MS,
} from '../../../../../src/db/reads/queue/presence-times.ts';

const MINUTE = 60_000;

test('a user of the client polls within the longest pause', () => {
  const longest = pollDelayMs(Number.MAX_SAFE_INTEGER, () => 1);
  expect(longest).toBeLessThan(POLL_PAUSE_MAX_MS);
});

/** Whether the settings are accepted, with `WAITING_IDLE_SECONDS` that much shorter than `WAITING_GONE_MINUTES`. */
function isAccepted(apartMs: number): boolean {
  const goneMs = 120 * MINUTE;
  try {
    readConfig({
      DATABASE_URL: 'postgres://seatlane@localhost/seatlane',
      REDIS_URL: 'redis://localhost',
      JWT_SECRET: 'a secret that nobody may ever read',
      WAITING_GONE_MINUTES: String(goneMs / MINUTE),
      WAITING_IDLE_SECONDS: String((goneMs - apartMs) / 1000),
    });
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

test('waiting does not end before two notes of a user far from the front could be lost', () => {
  const twoNotesMs = 2 * FAR_NOTED_EVERY_MS;
  expect(isAccepted(twoNotesMs)).toBe(false);
  expect(isAccepted(twoNotesMs + 1000)).toBe(true);
  expect(twoNotesMs).toBeGreaterThan(FAR_UNSEEN_MS);
});

test('a row of queue_block has a bit for each number of its block', () => {
  expect(QueueBlock.meta.properties.gone).toMatchObject({ columnType: `bit(${BLOCK_SIZE})` });
});
