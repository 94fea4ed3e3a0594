/** The estimated wait against a model of the admission, and in plain cases. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../../scripts/simulate/seeded-random.ts';
import { Forecast, type Sessions } from '../../../../src/http/queue/forecast.ts';
import type { QueueRate } from '../../../../src/http/queue/position.ts';
import { AdmissionModel, RUN_MS } from './admission-model.ts';

/** The estimate counts in steps of two seconds, and the admission runs each second. */
const ROUNDING_MS = 4000 + RUN_MS;
const SEEDS = Array.from({ length: 150 }, (_, index) => index + 1);

type Draw = (least: number, most: number) => number;

/** A whole number between two, both included. */
function drawsOf(seed: number): Draw {
  const random = seededRandom(seed);
  return (least, most) => least + Math.floor(random() * (most - least + 1));
}

function anyRate(draw: Draw): QueueRate {
  return {
    admitLimit: draw(1, 60),
    admitWindowMs: draw(1, 30) * 1000,
    maxActive: draw(1, 250),
    queueTokenMs: draw(5, 400) * 1000,
  };
}

/** Users enter and leave, and operators pause, for longer than a session lasts; the admission runs each second. */
function liveFor(model: AdmissionModel, draw: Draw): void {
  model.enter(draw(50, 400));
  model.runs(model.rate.queueTokenMs / 1000 + 1);
  for (let change = draw(0, 12); change > 0; change -= 1) {
    model.enter(draw(0, 100));
    const share = draw(2, 10);
    if (draw(1, 3) === 1) model.leave((user) => (user * 7919) % share === 0);
    model.isPaused = draw(1, 4) === 1;
    model.runs(draw(1, 90));
  }
}

/** The estimates of the users in the line, as an API process makes them from a read that is up to five seconds old. */
function estimatesIn(model: AdmissionModel, draw: Draw): Map<number, number> {
  const sessions = model.sessions();
  model.runs(draw(0, 5));
  const { rate, active, now } = model;
  const forecast = new Forecast({ rate, active, sessions, now });
  return new Map(model.line.map((user, ahead) => [user, forecast.msUntil(ahead + 1)]));
}

/** How long each user really waits from now on, if nobody leaves and nobody pauses. */
function waitsIn(model: AdmissionModel): Map<number, number> {
  const [begin, line] = [model.now, [...model.line]];
  model.isPaused = false;
  while (model.line.length > 0) model.run();
  return new Map(line.map((user) => [user, (model.admittedAt.get(user) ?? Infinity) - begin]));
}

/** Whoever waits, with the estimate and the wait, both in ms. */
function compare(model: AdmissionModel, draw: Draw) {
  const estimates = estimatesIn(model, draw);
  return [...waitsIn(model)].map(([user, wait]) => {
    return { user, wait, estimate: estimates.get(user) ?? Number.NaN };
  });
}

const toleranceOf = ({ rate }: AdmissionModel) => rate.admitWindowMs + ROUNDING_MS;

test('while sessions last until they expire, every estimate is right within a window and five seconds', () => {
  const wrong = SEEDS.flatMap((seed) => {
    const draw = drawsOf(seed);
    const model = new AdmissionModel(anyRate(draw));
    liveFor(model, draw);
    model.enter(draw(1, 300));
    const compared = compare(model, draw);
    return compared
      .filter(({ wait, estimate }) => !(Math.abs(wait - estimate) <= toleranceOf(model)))
      .map((each) => ({ seed, ...model.rate, ...each }));
  });
  expect(wrong.slice(0, 5)).toEqual([]);
}, 60_000);

test('if sessions also end before they expire, estimates are neither too long nor too short on average', () => {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const errors = SEEDS.slice(0, 40).map((seed) => {
    const [draw, random] = [drawsOf(seed), seededRandom(-seed)];
    const limits = { admitLimit: draw(20, 60), admitWindowMs: 5000, maxActive: draw(100, 250) };
    const rate = { ...limits, queueTokenMs: draw(60, 400) * 1000 };
    // A session ends with the same probability in each second, after this time on average.
    const meanMs = draw(20, 120) * 1000;
    const model = new AdmissionModel(rate, () => -Math.log(1 - random()) * meanMs);
    liveFor(model, draw);
    model.isPaused = false;
    model.enter(2000);
    model.runs(rate.queueTokenMs / 1000);
    model.enter(400);
    const shares = compare(model, draw).map(({ wait, estimate }) => {
      const error = estimate - wait;
      return (error - Math.sign(error) * Math.min(Math.abs(error), toleranceOf(model))) / wait;
    });
    return { seed, mean: mean(shares), size: mean(shares.map(Math.abs)) };
  });
  // What single sessions will do is chance, so a single history may be off by more than the mean of all.
  expect(errors.filter(({ size }) => !(size <= 0.25))).toEqual([]);
  expect(Math.abs(mean(errors.map((each) => each.mean)))).toBeLessThan(0.03);
}, 60_000);

const rate = { admitLimit: 10, admitWindowMs: 1000, maxActive: 100, queueTokenMs: 300_000 };
const NOW = 1_764_201_600_000;

const NONE = { count: 0, endedEarly: 0, lastedSeconds: 0 };
const NEVER_EARLY = { count: 100, endedEarly: 0, lastedSeconds: 30_000 };

/** Sessions as read a moment ago, none of which ended before its expiry. @param expiries how many expire in which second */
function sessionsWith(
  expiries: Record<number, number>,
  samples: Partial<Omit<Sessions, 'readAt' | 'expiries'>> = {},
): Sessions {
  const seconds = Array.from({ length: 600 }, (_, second) => expiries[second] ?? 0);
  return { readAt: NOW, expiries: seconds, recent: NEVER_EARLY, earlier: NEVER_EARLY, ...samples };
}

const waitOf = (
  position: number,
  {
    active,
    sessions,
    maxActive = 100,
  }: { active: number; sessions?: Sessions; maxActive?: number },
) =>
  new Forecast({ rate: { ...rate, maxActive }, active, sessions, now: NOW }).msUntil(position) /
  1000;

describe('the wait is estimated', () => {
  test('by the rate for users for whom a slot is free', () => {
    expect(waitOf(50, { active: 50, sessions: sessionsWith({ 250: 50 }) })).toBeCloseTo(5);
  });

  test('by the expiry of the session whose slot becomes free, under a full ceiling', () => {
    const sessions = sessionsWith({ 20: 1, 100: 1, 250: 98 });
    const waits = [1, 2, 3].map((position) => waitOf(position, { active: 100, sessions }));
    expect(waits.map(Math.round)).toEqual([22, 102, 250]);
  });

  test('beyond the present sessions, by the expiry of those that follow them', () => {
    // All present sessions began in a rush and expire at once, and so do the next ones. The admissions of the last minute
    // would say nothing about that.
    const sessions = sessionsWith({ 5: 100 });
    const waits = [100, 101, 200, 201].map((position) =>
      waitOf(position, { active: 100, sessions }),
    );
    expect(waits.map(Math.round)).toEqual([14, 304, 314, 604]);
  });

  test('shorter if sessions end before they expire, as many as lately', () => {
    const expiries = { 250: 100 };
    const recent = { count: 150, endedEarly: 100, lastedSeconds: 10_000 };
    const samples = { recent, earlier: recent };
    const [without, with_] = [sessionsWith(expiries), sessionsWith(expiries, samples)];
    expect(waitOf(50, { active: 100, sessions: without })).toBeGreaterThan(249);
    // A hundred sessions, of which each ends within a hundred seconds on average: one a second.
    expect(waitOf(50, { active: 100, sessions: with_ })).toBeCloseTo(50, -1);
  });

  test.each([
    ['at the opening of a sale by the sessions before', 0, 50],
    ['after half a minute by these and by the new ones, of which none has ended yet', 30, 100],
    ['later by the new ones', 3000, 250],
  ])('%s', (_when, seconds, expected) => {
    const earlier = { count: 200, endedEarly: 200, lastedSeconds: 20_000 };
    const recent = { count: 100, endedEarly: 0, lastedSeconds: 100 * seconds };
    const sessions = sessionsWith({ 249: 100 }, { earlier, recent });
    const wait = waitOf(50, { active: 100, sessions });
    expect(Math.abs(wait - expected)).toBeLessThanOrEqual(4);
  });

  test('as if sessions lasted half as long as they may, if there was none before', () => {
    const sessions = sessionsWith({ 299: 100 }, { recent: NONE, earlier: NONE });
    // A hundred sessions of 150 s each: two in three seconds.
    expect(waitOf(1000, { active: 100, sessions })).toBeCloseTo(1500, -2);
  });

  test('longer by the sessions above a ceiling that operators have lowered', () => {
    const sessions = sessionsWith({ 10: 50, 200: 50 });
    expect(waitOf(1, { active: 100, sessions, maxActive: 50 })).toBeCloseTo(200, -1);
  });

  test('as if sessions expired evenly, until their ends are read', () => {
    expect(waitOf(1000, { active: 100 })).toBeCloseTo(1500, -2);
  });

  test('without the sessions that have ended since the read', () => {
    const sessions = { ...sessionsWith({ 2: 50, 100: 50 }), readAt: NOW - 5000 };
    expect(waitOf(1, { active: 50, sessions })).toBeLessThan(1);
    expect(waitOf(51, { active: 50, sessions })).toBeCloseTo(96, -1);
  });
});
