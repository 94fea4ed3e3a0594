/** Worker processes die, hang, come and go while customers shop: see scene.ts for what must be true after each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { FAULTY_AMOUNT } from '../../support/faults/faulty-amount.ts';
import { scene, useOwnScene } from '../../support/faults/own-scene.ts';
import { sendCommand } from '../../support/faults/requests.ts';
import {
  FAULT_TIMEOUT_MS,
  killOldest,
  LONG_ROUNDS,
  ROUNDS,
  rounds,
  tell,
} from '../../support/faults/rounds.ts';
import { type ApiProcess, doorOf } from '../../support/faults/scene.ts';
import type { TestProcess } from '../../support/services/processes.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Sessions of owners end after 5 s of silence, transactions after 10. */
/** A machine that runs other work takes tens of seconds for what takes one on an idle machine. The report says how long it took. */
const FROZEN_MS = ROUNDS > 1 ? 12_000 : 2000;
const LANES = 16;

useOwnScene();

describe('a worker process', () => {
  test('is killed in mid-batch again and again, while others run', {
    timeout: FAULT_TIMEOUT_MS,
  }, async () => {
    const report = await scene.shopping(() =>
      rounds(async () => {
        await killOldest(scene, scene.workers);
        await scene.addWorker();
      }),
    );
    tell('workers killed', report);
  });

  test('is the only one, is killed, and a new one goes on', {
    timeout: FAULT_TIMEOUT_MS,
  }, async () => {
    await scene.leaveWorkers(1);
    const report = await scene.shopping(() =>
      rounds(async () => {
        await killOldest(scene, scene.workers);
        await scene.addWorker();
        await scene.untilOwned();
      }),
    );
    tell('only worker killed', report);
  });

  test('fails at one command, and carries the others of its batch out', {
    timeout: FAULT_TIMEOUT_MS,
  }, async () => {
    await scene.leaveWorkers(0);
    const faulty = await scene.addFaultyWorker();
    await scene.untilOwned();
    const { client } = scene.apis[0] as ApiProcess;
    const unlucky = { token: await client.tokenFor('unlucky') };
    const use = (amount: number) => ({ method: 'POST', path: '/points/use', body: { amount } });
    const failed: string[] = [];
    const report = await scene.shopping(() =>
      rounds(async () => {
        const answer = await sendCommand(doorOf(scene), unlucky, use(FAULTY_AMOUNT));
        expect(answer.state).toBe('failed');
        if (answer.state === 'failed') failed.push(answer.jobId);
      }),
    );
    expect(report.counts).not.toHaveProperty('use failed');
    const shown = await failedOnBoard(client.base, failed[0]?.split('_')[0]);
    expect(shown).toEqual(expect.arrayContaining(failed));
    await scene.addWorker();
    scene.drop(faulty);
    await faulty.stop();
    tell('faulty command', report);
  });

  test('comes and goes under load, and the lanes are shared fairly', {
    timeout: FAULT_TIMEOUT_MS,
  }, async () => {
    await scene.leaveWorkers(1);
    const isFair = async () => {
      const lanes = [...(await scene.owners()).values()];
      const share = LANES / scene.workers.length;
      // One more or less for each of the two kinds of lanes.
      return lanes.length === scene.workers.length && lanes.every((n) => Math.abs(n - share) < 2);
    };
    const report = await scene.shopping(() =>
      rounds(async () => {
        for (const count of [2, 3]) {
          await scene.addWorker();
          await waitFor(`${count} workers share the lanes`, isFair);
        }
        await killOldest(scene, scene.workers);
        await waitFor('two workers share the lanes', isFair);
        await scene.leaveWorkers(1);
        await waitFor('one worker has all lanes', isFair);
      }),
    );
    await scene.addWorker();
    await scene.addWorker();
    tell('workers come and go', report);
  });

  test('is frozen for longer than every lock lasts, and finds its lanes gone', {
    timeout: FAULT_TIMEOUT_MS * 2,
  }, async () => {
    const freeze = async () => {
      const [frozen] = scene.workers as [TestProcess];
      const owns = async () => (await scene.owners()).has(frozen.child.pid as number);
      frozen.child.kill('SIGSTOP');
      await waitFor('others take its lanes over', async () => !(await owns()));
      await sleep(FROZEN_MS);
      frozen.child.kill('SIGCONT');
      await waitFor('it owns lanes again', owns);
    };
    const report = await scene.shopping(() => rounds(freeze, LONG_ROUNDS));
    tell('worker frozen', report);
  });
});

/** The jobs that Bull Board shows as failed in a lane. */
async function failedOnBoard(base: string, lane = ''): Promise<string[]> {
  const login = Buffer.from('admin:test-password').toString('base64');
  const path = `/admin/queues/api/queues?activeQueue=${lane}&status=failed&page=1&jobsPerPage=100`;
  const response = await fetch(base + path, { headers: { Authorization: `Basic ${login}` } });
  const { queues } = (await response.json()) as { queues: { name: string; jobs: any[] }[] };
  const queue = queues.find(({ name }) => name === lane);
  return queue?.jobs.map(({ id }) => id) ?? [];
}
