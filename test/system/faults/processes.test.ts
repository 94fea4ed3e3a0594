/** API processes die, and all processes are replaced, while customers shop: see scene.ts. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  FAULT_TIMEOUT_MS,
  killOldest,
  LONG_ROUNDS,
  rounds,
  tell,
} from '../../support/faults/rounds.ts';
import { type Scene, startScene } from '../../support/faults/scene.ts';
import { type BreakableServices, startBreakableServices } from '../../support/faults/services.ts';

let scene: Scene<BreakableServices>;

beforeAll(async () => {
  scene = await startScene(await startBreakableServices(), { apis: 2, workers: 3 });
}, 120_000);

afterAll(() => scene.stop());

beforeEach(() => scene.untilOwned());

describe('an API process', () => {
  test('is killed, and its clients go on at another', { timeout: FAULT_TIMEOUT_MS }, async () => {
    const report = await scene.shopping(() =>
      rounds(async () => {
        await killOldest(scene, scene.apis);
        await scene.addApi();
      }),
    );
    expect(report.retries).toHaveProperty('connection lost');
    tell('API processes killed', report);
  });
});

describe('all processes', () => {
  test('are restarted one after another, and no request fails', {
    timeout: FAULT_TIMEOUT_MS,
  }, async () => {
    const restartAll = async () => {
      for (const old of scene.workers) {
        await scene.addWorker();
        scene.drop(old);
        await old.stop();
      }
      for (const old of scene.apis) {
        await scene.addApi();
        // As a balancer does: no new requests first, then the stop.
        scene.drop(old);
        await old.stop();
      }
    };
    const report = await scene.shopping(() => rounds(restartAll, LONG_ROUNDS));
    expect(report.retries).toEqual({});
    tell('rolling restarts', report);
  });
});
