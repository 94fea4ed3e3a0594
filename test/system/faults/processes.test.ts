/** API processes die, and all processes are replaced, while customers shop: see scene.ts. */
import { describe, expect, test } from 'vitest';
import { scene, useOwnScene } from '../../support/faults/own-scene.ts';
import {
  FAULT_TIMEOUT_MS,
  killOldest,
  LONG_ROUNDS,
  rounds,
  tell,
} from '../../support/faults/rounds.ts';

useOwnScene();

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
