/** The plan of the large sale: its parts sum up, whatever the options. */
import { describe, expect, test } from 'vitest';
import { drawBuyer } from '../../../../../scripts/simulate/large/buyer-plan.ts';
import {
  arrivalOf,
  largeDefaults,
  largeSale,
  openingOf,
  placesOf,
  queuesOfUsers,
} from '../../../../../scripts/simulate/large/plan.ts';
import { seededRandom } from '../../../../../scripts/simulate/seeded-random.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

describe.each([200_000, 20_000, 2001, 40])('a sale of %i users', (users) => {
  const options = largeDefaults(users);
  const plan = largeSale(options);

  test('divides users, places and admissions among its queues', () => {
    expect(sum(plan.queues.map((queue) => queue.users))).toBe(users);
    expect(sum(plan.queues.map(placesOf))).toBe(options.places);
    expect(sum(plan.queues.map(({ admitLimit }) => admitLimit))).toBe(options.admit);
  });

  test('sends each queue its users, and at any time about its share', () => {
    const chosen = queuesOfUsers(plan);
    for (const [index, queue] of plan.queues.entries()) {
      expect(chosen.filter((each) => each === index)).toHaveLength(queue.users);
      const half = chosen.slice(0, users / 2).filter((each) => each === index).length;
      expect(Math.abs(half - queue.users / 2)).toBeLessThanOrEqual(2);
    }
  });
});

test('200,000 users want 20,000 seats and 5,000 standing places', () => {
  const { queues } = largeSale(largeDefaults(200_000));
  expect(queues.map(({ seats }) => seats)).toEqual([12_000, 8000, 0]);
  expect(queues.map(({ areas }) => sum(areas))).toEqual([0, 0, 5000]);
});

test('a burst arrives at the beginning, the others at their rate, and then the admission opens', () => {
  const plan = largeSale({ ...largeDefaults(2000), burst: 500, arrivals: 100, settle: 7 });
  expect(arrivalOf(plan, 499)).toBe(0);
  expect(arrivalOf(plan, 600) - arrivalOf(plan, 500)).toBeCloseTo(1);
  expect(openingOf(plan)).toBe(plan.burstSeconds + 15 + 7);
});

test('buyers are drawn by the shares of the plan', () => {
  const plan = largeSale({ ...largeDefaults(2000), card: 0.25 });
  const random = seededRandom(1);
  const buyers = Array.from({ length: 20_000 }, () => drawBuyer(plan, random));
  const share = (is: (buyer: (typeof buyers)[number]) => boolean) =>
    buyers.filter(is).length / buyers.length;
  expect(share(({ method }) => method === 'card')).toBeCloseTo(0.25, 1);
  expect(share(({ ending }) => ending === 'pays')).toBeCloseTo(0.9, 1);
  expect(share(({ takesBest }) => takesBest)).toBeCloseTo(plan.shares.best, 1);
  expect(share(({ quantity }) => quantity === 2)).toBeCloseTo(0.45, 1);
  expect(new Set(buyers.map(({ quantity }) => quantity))).toEqual(new Set([1, 2, 3, 4]));
});
