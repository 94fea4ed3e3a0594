/** Costs are told apart from samples in which several kinds of work are mixed. */
import { describe, expect, test } from 'vitest';
import {
  type CostTable,
  fitCosts,
  RESOURCE_NAMES,
  RESOURCES,
  type Resource,
  type Sample,
  UNITS,
  usedBy,
  type Work,
} from '../../../../../scripts/simulate/large/costs.ts';
import { seededRandom } from '../../../../../scripts/simulate/seeded-random.ts';

const random = seededRandom(1);
const truth = Object.fromEntries(
  RESOURCE_NAMES.map((resource) => [
    resource,
    Object.fromEntries(RESOURCES[resource].map((unit) => [unit, 0.05 + random()])),
  ]),
) as Pick<CostTable, Resource>;

function sampleOf(noise: number): Sample {
  const work = Object.fromEntries(UNITS.map((unit) => [unit, 1000 * random()])) as Work;
  const used = Object.fromEntries(
    RESOURCE_NAMES.map((resource) => [
      resource,
      usedBy(truth, resource, work) * (1 + noise * (random() - 0.5)),
    ]),
  ) as Record<Resource, number>;
  return { work, used };
}
const samplesOf = (noise: number) => Array.from({ length: 80 }, () => sampleOf(noise));

describe('costs', () => {
  test('are found exactly in samples without noise', () => {
    const fitted = fitCosts(samplesOf(0));
    for (const resource of RESOURCE_NAMES) {
      for (const unit of RESOURCES[resource]) {
        expect(fitted[resource][unit]).toBeCloseTo(truth[resource][unit] ?? Number.NaN, 2);
      }
    }
  });

  test('explain what other work uses, to some percent, in samples with noise', () => {
    const fitted = fitCosts(samplesOf(0.1));
    for (const { work } of samplesOf(0)) {
      for (const resource of RESOURCE_NAMES) {
        const share = usedBy(fitted, resource, work) / usedBy(truth, resource, work);
        expect(Math.abs(share - 1)).toBeLessThan(0.1);
      }
    }
  });

  test('are never negative', () => {
    const fitted = fitCosts(samplesOf(3));
    for (const resource of RESOURCE_NAMES) {
      for (const cost of Object.values(fitted[resource])) expect(cost).toBeGreaterThanOrEqual(0);
    }
  });

  test('that are known are kept, and the others are what is left', () => {
    const known = { api: { unknownToken: truth.api.unknownToken ?? 0 } };
    const samples = samplesOf(0);
    expect(fitCosts(samples, known).api.poll).toBeCloseTo(truth.api.poll ?? Number.NaN, 2);
    const wrong = fitCosts(samples, { api: { unknownToken: 0 } });
    expect(wrong.api.unknownToken).toBe(0);
  });
});
