/** Polls of several queues, and how many have a token that the API process has forgotten, against a simulation of the memory. */
import { expect, test } from 'vitest';
import { pollRates } from '../../../../../scripts/simulate/large/poll-rates.ts';
import { pollsPerSecond } from '../../../../../scripts/simulate/polls.ts';
import { seededRandom } from '../../../../../scripts/simulate/seeded-random.ts';

const LONGEST = 100;
const lines = [
  { waiting: 3000, admitPerSecond: 1 },
  { waiting: 1000, admitPerSecond: 0.5 },
];

test('the polls are the sum over all queues', () => {
  const sum = lines.reduce(
    (total, { waiting, admitPerSecond }) =>
      total + pollsPerSecond(waiting, admitPerSecond, LONGEST),
    0,
  );
  expect(pollRates(lines, LONGEST).polls).toBeCloseTo(sum);
});

test('no token is forgotten while all users are remembered', () => {
  expect(pollRates(lines, LONGEST, 4000).unknown).toBe(0);
  expect(pollRates(lines, LONGEST, 3000).unknown).toBeGreaterThan(0);
});

test('as many tokens are forgotten as by a memory of the latest users', () => {
  const remembered = 1500;
  const random = seededRandom(1);
  const users = lines.flatMap(({ waiting, admitPerSecond }) =>
    Array.from({ length: waiting }, (_, index) =>
      Math.min(LONGEST, Math.max(1, (index + 1) / admitPerSecond / 12)),
    ),
  );
  const polls = users
    .flatMap((pause, user) => {
      const begin = random() * pause;
      return Array.from({ length: Math.ceil((600 - begin) / pause) }, (_, index) => ({
        user,
        at: begin + index * pause,
      }));
    })
    .toSorted((one, other) => one.at - other.at);
  // The latest users are last in the map.
  const memory = new Map<number, true>();
  let [counted, forgotten] = [0, 0];
  for (const { user, at } of polls) {
    if (at > 2 * LONGEST) {
      counted += 1;
      if (!memory.has(user)) forgotten += 1;
    }
    memory.delete(user);
    memory.set(user, true);
    if (memory.size > remembered) memory.delete(memory.keys().next().value as number);
  }
  const rates = pollRates(lines, LONGEST, remembered);
  expect(Math.abs(rates.unknown / rates.polls - forgotten / counted)).toBeLessThan(0.03);
});
