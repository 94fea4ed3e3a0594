/** What users and timers do to the lines of two queues, against the entries: positions are exact after each step. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lineChecks } from '../../../scripts/audit/line-checks.ts';
import { seededRandom } from '../../../scripts/simulate/seeded-random.ts';
import { notePresence, noteWatch } from '../../../src/db/presence.ts';
import { readLineBlocks } from '../../../src/db/reads/queue/line.ts';
import { QueueLines } from '../../../src/http/queue/line.ts';
import { admit } from '../../../workers/timers/queue/admit.ts';
import { comeDue, gathering, holdDraws } from '../../support/services/draws.ts';
import { inputOf, openTestLane, type TestLane } from '../../support/services/test-lane.ts';

const STEPS = 120;
const USERS = 25;
const SETTINGS = { admitLimit: 2, admitWindowMs: 1, maxActive: 1000, waitingIdleMs: 60_000 };

let lane: TestLane;
let queueIds: number[];
beforeAll(async () => {
  lane = await openTestLane();
  queueIds = [1, await lane.queue([(await lane.schedule()).concertId])];
  await noteWatch(lane.orm);
  await lane.rows(`update presence_watch set watched_since = now() - interval '1 day'`);
});
afterAll(() => lane.stop());

interface Entry {
  id: number;
  queueId: number;
  number: number;
  isInLine: boolean;
}

const waitingEntries = async () =>
  (
    await lane.rows<Record<keyof Entry, string | boolean>>(
      `select id, queue_id as "queueId", number, skipped_at is null as "isInLine"
       from queue_entry where state = 'waiting' order by number`,
    )
  ).map((row) => ({
    id: Number(row.id),
    queueId: Number(row.queueId),
    number: Number(row.number),
    isInLine: Boolean(row.isInLine),
  }));

/** Announces a draw of the second queue, and holds it at once. */
async function draw(): Promise<void> {
  const { concertId } = await lane.schedule();
  await lane.rows(`update concert set queue_id = ${queueIds[1]} where id = ${concertId}`);
  await gathering(lane, concertId);
  await comeDue(lane, queueIds[1]);
  await holdDraws(lane);
}

test.each([1, 2, 3])(
  'positions are those of the entries after each step (%i)',
  async (seed) => {
    const random = seededRandom(seed);
    const pick = <Item>(items: readonly Item[]) =>
      items[Math.floor(random() * items.length)] as Item;
    const lines = new QueueLines();
    const settings = { ...lane.config, ...SETTINGS };
    const commands = (name: 'enter-queue' | 'leave-queue') =>
      Array.from({ length: 1 + Math.floor(random() * 6) }, () => {
        const subject = `user ${Math.floor(random() * USERS)}`;
        return lane.command(name, { subject, input: inputOf(pick(queueIds)) });
      });
    const some = async (isInLine: boolean) =>
      (await waitingEntries()).filter((entry) => entry.isInLine === isInLine && random() < 0.3);
    const actions: [weight: number, act: () => Promise<unknown>][] = [
      [6, () => lane.run(...commands('enter-queue'))],
      [2, () => lane.run(...commands('leave-queue'))],
      [2, () => lane.run(...commands('enter-queue'), ...commands('leave-queue'))],
      [4, () => admit(lane.orm, settings)],
      [
        3,
        async () => {
          const ids = (await some(true)).map(({ id }) => id);
          await lane.rows(`update queue_entry set entered_at = now() - interval '1 day',
          seen_at = now() - interval '1 hour' where id in (0, ${ids.join() || 0})`);
        },
      ],
      [
        3,
        async () => {
          const returned = await some(false);
          await notePresence(lane.orm, { near: [], far: [], claimed: [], returned });
        },
      ],
      [1, draw],
    ];
    const weighted = actions.flatMap(([weight, act]) => Array<typeof act>(weight).fill(act));
    for (let step = 0; step < STEPS; step += 1) {
      await pick(weighted)();
      lines.apply(await readLineBlocks(lane.orm, lines.known(queueIds)));
      const waiting = await waitingEntries();
      for (const queueId of queueIds) {
        const ofQueue = waiting.filter((entry) => entry.queueId === queueId);
        const inLine = ofQueue.filter(({ isInLine }) => isInLine);
        const positions = inLine.map(({ number }) => lines.of(queueId).inLineBefore(number) + 1);
        expect(positions).toEqual(inLine.map((_, index) => index + 1));
        for (const { number, isInLine } of ofQueue)
          expect(lines.of(queueId).isGone(number)).toBe(!isInLine);
      }
      for (const { promise, wrong } of lineChecks)
        expect(await lane.rows(wrong), promise).toEqual([]);
    }
  },
  120_000,
);
