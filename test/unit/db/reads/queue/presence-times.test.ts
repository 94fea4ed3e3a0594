/** What depends on the times of presence, or on the size of the blocks of a line, and cannot import them. */
import { expect, test } from 'vitest';
import { pollDelayMs } from '../../../../../src/client/api/waiting-queue.ts';
import { ConfigError, readConfig } from '../../../../../src/config/config.ts';
import { QueueBlock } from '../../../../../src/db/entities/queue/queue-block.ts';
import { BLOCK_SIZE } from '../../../../../src/db/reads/queue/line.ts';
import {
  FAR_NOTED_EVERY_MS,
  FAR_UNSEEN_MS,
  NEAR_NOTED_EVERY_MS,
  NOTES_WRITTEN_EVERY_MS,
  POLL_PAUSE_MAX_MS,
} from '../../../../../src/db/reads/queue/presence-times.ts';

const MINUTE = 60_000;

test('a user of the client polls within the longest pause', () => {
  const longest = pollDelayMs(Number.MAX_SAFE_INTEGER, () => 1);
  expect(longest).toBeLessThan(POLL_PAUSE_MAX_MS);
});

const read = (settings: Record<string, string>) =>
  readConfig({
    DATABASE_URL: 'postgres://seatlane@localhost/seatlane',
    REDIS_URL: 'redis://localhost',
    JWT_SECRET: 'a secret that nobody may ever read',
    ...settings,
  });

/** The sentences with which these settings stop the start. */
function faultsOf(settings: Record<string, string>): readonly string[] {
  try {
    read(settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
}

test('waiting does not end before two notes of a user far from the front could be lost', () => {
  const goneMs = 120 * MINUTE;
  const faultsApart = (apartMs: number) =>
    faultsOf({
      WAITING_GONE_MINUTES: String(goneMs / MINUTE),
      WAITING_IDLE_SECONDS: String((goneMs - apartMs) / 1000),
    });
  const twoNotesMs = 2 * FAR_NOTED_EVERY_MS;
  expect(faultsApart(twoNotesMs)).toHaveLength(1);
  expect(faultsApart(twoNotesMs + 1000)).toEqual([]);
  expect(twoNotesMs).toBeGreaterThan(FAR_UNSEEN_MS);
});

test.each([
  ['WAITING_IDLE_SECONDS', 35, NEAR_NOTED_EVERY_MS + POLL_PAUSE_MAX_MS + NOTES_WRITTEN_EVERY_MS],
  ['CLAIM_SECONDS', 30, POLL_PAUSE_MAX_MS + NOTES_WRITTEN_EVERY_MS],
])(
  '%s below %i causes a warning, because users of the client can lose their turn',
  (name, min, unseenMs) => {
    const warningsOf = (seconds: number) =>
      read({ [name]: `${seconds}` }).warnings.filter((warning) => warning.startsWith(name));
    expect(warningsOf(min)).toEqual([]);
    expect(warningsOf(min - 1)).toHaveLength(1);
    expect(min * 1000).toBeGreaterThan(unseenMs);
  },
);

test('a row of queue_block has a bit for each number of its block', () => {
  expect(QueueBlock.meta.properties.gone).toMatchObject({ columnType: `bit(${BLOCK_SIZE})` });
});
