/** Redis and PostgreSQL stop, lose what they hold or cut their sessions while customers shop: see scene.ts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { scene, useOwnScene } from '../../support/faults/own-scene.ts';
import { FAULT_TIMEOUT_MS, rounds, tell } from '../../support/faults/rounds.ts';

useOwnScene();

describe('Redis', () => {
  test('is stopped and started again', { timeout: FAULT_TIMEOUT_MS }, async () => {
    const report = await scene.shopping(() =>
      rounds(async () => {
        await scene.services.stopRedis();
        await sleep(600);
        await scene.services.startRedis();
      }),
    );
    tell('Redis restarted', report);
  });

  test('is emptied while commands wait', { timeout: FAULT_TIMEOUT_MS }, async () => {
    const empty = () => rounds(() => scene.services.emptyRedis());
    const report = await scene.shopping(empty, { mayLoseJobs: true });
    tell('Redis emptied', report);
  });
});

describe('PostgreSQL', () => {
  test('is stopped without a farewell and started again', {
    timeout: FAULT_TIMEOUT_MS,
  }, async () => {
    const report = await scene.shopping(() =>
      rounds(async () => {
        await scene.services.stopPostgresImmediately();
        await scene.services.startPostgres();
      }),
    );
    tell('PostgreSQL crashed', report);
  });

  test('has every connection cut', { timeout: FAULT_TIMEOUT_MS }, async () => {
    const report = await scene.shopping(() =>
      rounds(async () => {
        expect(await scene.services.cutSessions('true')).toBeGreaterThan(0);
      }),
    );
    tell('connections cut', report);
  });

  test('has the sessions that own the lanes cut alone', { timeout: FAULT_TIMEOUT_MS }, async () => {
    const owners = `application_name like 'seatlane-owner%'`;
    const report = await scene.shopping(() =>
      rounds(async () => {
        expect(await scene.services.cutSessions(owners)).toBeGreaterThan(0);
      }),
    );
    tell('owners cut', report);
  });
});
