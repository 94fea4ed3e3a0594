/** Owners of lanes lose their sessions, freeze and thaw at random moments: afterwards every lane has a consumer. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { laneNames, laneOf } from '../../../src/lanes/lanes.ts';
import { scene, useOwnScene } from '../../support/faults/own-scene.ts';
import { sendCommand } from '../../support/faults/requests.ts';
import { FAULT_TIMEOUT_MS, ROUNDS, tell } from '../../support/faults/rounds.ts';
import { doorOf } from '../../support/faults/scene.ts';

/** `npm run test:system` goes on for ten minutes. */
const LASTS_MS = ROUNDS > 1 ? 600_000 : 6000;
const COUNTS = { seatLanes: 8, userLanes: 8 };

useOwnScene();

/** What is done to one owner: its session is cut, or the process frozen for a while; some of it at once. */
const trouble = fc.record({
  worker: fc.nat(2),
  kind: fc.constantFrom('cut', 'freeze', 'freeze and cut', 'raise'),
  frozenMs: fc.oneof(fc.integer({ min: 50, max: 1500 }), fc.integer({ min: 1500, max: 7000 })),
  pauseMs: fc.integer({ min: 0, max: 1500 }),
});

type Trouble = typeof trouble extends fc.Arbitrary<infer Value> ? Value : never;

async function cause({ worker, kind, frozenMs, pauseMs }: Trouble): Promise<void> {
  const { child } = scene.workers[worker % scene.workers.length] ?? {};
  const cut = () =>
    scene.services.cutSessions(`application_name like 'seatlane-owner %/${child?.pid}'`);
  if (kind === 'raise') {
    // As a takeover that somebody won and never heard of.
    await scene.services.query(`update lane set epoch = epoch + 1 where name = 'user-${worker}'`);
  }
  if (kind === 'cut') await cut();
  if (kind.startsWith('freeze')) {
    child?.kill('SIGSTOP');
    if (kind === 'freeze and cut') await cut();
    await sleep(ROUNDS > 1 ? frozenMs : frozenMs / 4);
    child?.kill('SIGCONT');
  }
  await sleep(pauseMs);
}

/** Asks every lane by a command. @returns the lanes in which it had no outcome */
async function lanesWithoutConsumer(): Promise<string[]> {
  const subjects = new Map<string, string>();
  for (let number = 0; subjects.size < COUNTS.userLanes; number += 1) {
    const subject = `asks ${number}`;
    const lane = laneOf({ kind: 'user', key: subject }, COUNTS);
    if (!subjects.has(lane)) subjects.set(lane, subject);
  }
  const [api] = scene.apis;
  const client = api?.client;
  if (!client) throw new Error('There is no API process.');
  const schedule = await client.schedule({ seats: [{ from: 1, to: 200, price: 1 }] });
  const buyer = await client.admitted('asks by seat');
  const seats = new Map<string, number>();
  for (const { id } of schedule.seats) {
    seats.set(laneOf({ kind: 'seat', key: String(id) }, COUNTS), id);
  }
  const answers = await Promise.all([
    ...[...subjects].map(async ([lane, subject]) => {
      const token = await client.tokenFor(subject);
      const charge = { method: 'POST', path: '/points/charge', body: { amount: 1 } };
      return [lane, (await sendCommand(doorOf(scene), { token }, charge)).state] as const;
    }),
    ...[...seats].map(async ([lane, seatId]) => {
      const book = { method: 'POST', path: `/concerts/seats/${seatId}/book` };
      return [lane, (await sendCommand(doorOf(scene), buyer, book)).state] as const;
    }),
  ]);
  expect(answers.map(([lane]) => lane).toSorted()).toEqual(laneNames(COUNTS).toSorted());
  return answers.filter(([, state]) => state !== 'succeeded').map(([lane]) => lane);
}

test('owners lose their sessions, freeze and thaw at random moments, and every lane has a consumer', {
  timeout: FAULT_TIMEOUT_MS + LASTS_MS,
}, async () => {
  const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const troubles = fc.sample(trouble, { seed, numRuns: 2000 });
  const end = performance.now() + LASTS_MS;
  const report = await scene.shopping(async () => {
    for (const each of troubles) {
      if (performance.now() > end) break;
      await cause(each);
    }
    await scene.untilOwned();
  });
  expect(await lanesWithoutConsumer(), `with FAULT_SEED=${seed}`).toEqual([]);
  tell('owners in trouble', report);
});
