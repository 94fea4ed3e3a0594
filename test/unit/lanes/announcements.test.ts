/** The content of a message about a batch. */
import { expect, test } from 'vitest';
import type { Outcome } from '../../../src/commands/command.ts';
import { type Announcement, fromMessage, toMessage } from '../../../src/lanes/announcements.ts';

const held: Outcome = { state: 'succeeded', result: { id: 7, seatId: 1 } };
const refused = (): Outcome => ({
  state: 'rejected',
  problem: { code: 'SEAT_ALREADY_HELD', detail: 'Seat 1 is “held”.\n', seatId: 1 },
});

const announcements: Announcement[] = [held, refused(), refused()].map((outcome, index) => ({
  jobId: `seat-0_${index}`,
  name: 'book-seat',
  outcome,
  acceptedAt: 10 + index,
  finishedAt: 20,
  firstAcceptedAt: index === 2 ? 5 : undefined,
  entryId: index === 1 ? undefined : index,
}));

test('a message carries the outcome of each command', () => {
  expect(fromMessage(toMessage(announcements))).toEqual(announcements);
  expect(fromMessage(toMessage([]))).toEqual([]);
});

test('an outcome shared by many commands is encoded once', () => {
  expect(toMessage(announcements).split('SEAT_ALREADY_HELD')).toHaveLength(2);
});
