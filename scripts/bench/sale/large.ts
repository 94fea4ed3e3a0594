/** Runs the large sale: users enter three paused queues, the admission opens, and they buy until each queue is sold out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openingOf, type SalePlan } from '../../simulate/large/plan.ts';
import { seededRandom } from '../../simulate/seeded-random.ts';
import { RETURN_ORIGIN } from '../compare/sandbox.ts';
import { countPending } from '../money/books.ts';
import { Crowd } from './crowd.ts';
import { type OpenQueue, openQueues, operatorOf } from './halls.ts';
import { LoadFigures } from './load/figures.ts';
import type { SaleProcesses } from './processes.ts';
import { Shoppers } from './shoppers.ts';
import { TurnWatch } from './turns.ts';
import { UsageLog } from './usage.ts';

export interface SaleResult {
  queues: readonly OpenQueue[];
  crowd: Crowd;
  shoppers: Shoppers;
  watch: TurnWatch;
  figures: LoadFigures;
  usage: UsageLog;
  /** From the opening until the last place of each queue was paid, as its buyers saw it, in s; undefined if places were left. */
  soldOutAfter: (number | undefined)[];
  admittedUntilSoldOut: number;
}

const IDLE_MS = 10_000;
/** How often the progress is printed and the usage sampled. */
const PRINT_MS = 5000;
/** Beyond the time that arrivals take. */
const ENTER_MS_MAX = 300_000;

/** @param settleMs how long the sale, and then the end of all holds, sessions and payments, is waited for */
export async function runSale(
  plan: SalePlan,
  processes: SaleProcesses,
  settleMs: number,
): Promise<SaleResult> {
  const { client, toSandbox: sandbox, database, tokenOf } = processes;
  const [figures, watch] = [new LoadFigures(), new TurnWatch()];
  const random = seededRandom(plan.seed);
  const operator = operatorOf(client, await tokenOf('operator', 'admin'));
  const queues = await openQueues(plan, operator, database.query);
  await database.query('vacuum analyze seat');
  const usage = new UsageLog({ ...processes, figures });
  const shop = { sandbox, figures, returnUrl: `${RETURN_ORIGIN}/thanks` };
  const shoppers = new Shoppers({ plan, queues, client, shop, figures, random });
  const crowd = new Crowd({
    plan,
    queues,
    client,
    figures,
    watch,
    random,
    tokenOf: (user) => tokenOf(subjectOf(user)),
    onAdmitted: (user, tokens) => shoppers.begin(user, crowd.queueOf[user] as number, tokens),
  });
  const setPaused = async (isPaused: boolean) => {
    for (const { queueId } of queues)
      await operator.send(`/queues/${queueId}/admission`, { isPaused });
  };
  const printing = setInterval(() => {
    void usage.sample();
    const line = `${Math.round(crowd.now / 1000)} s: ${crowd.waiting} wait, ${figures.polls} polls, ${figures.summary}`;
    process.stderr.write(`${line}\n`);
  }, PRINT_MS);
  try {
    await usage.mark('start');
    await sleep(IDLE_MS);
    await usage.mark('idle');
    crowd.start();
    await sleep(1000 * plan.burstSeconds);
    await usage.mark('burst');
    const isEntered = () => figures.entered === plan.users;
    await until(isEntered, openingOf(plan) * 1000 + ENTER_MS_MAX, 'Some users could not enter.');
    await usage.mark('arrived');
    await sleep(plan.settleSeconds * 1000);
    await usage.mark('opened');
    const openedAt = performance.now();
    await setPaused(false);
    const isOver = () => crowd.left === 0 && shoppers.active === 0;
    await until(() => shoppers.areAllSoldOut || isOver(), settleMs, 'The sale did not end.');
    await usage.mark('sold out');
    const admittedUntilSoldOut = shoppers.admitted;
    await until(isOver, settleMs, 'Some users did not end.');
    await untilSettled(database.query, settleMs);
    await usage.mark('over');
    const soldOutAfter = shoppers.soldOutAt.map((at) => at && (at - openedAt) / 1000);
    return { queues, crowd, shoppers, watch, figures, usage, soldOutAfter, admittedUntilSoldOut };
  } finally {
    clearInterval(printing);
    crowd.stop();
  }
}

/** The checks of the history read the number from it. */
const subjectOf = (user: number) => `buyer ${user}`;

async function until(isTrue: () => boolean, ms: number, otherwise: string): Promise<void> {
  const end = performance.now() + ms;
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(otherwise);
    await sleep(50);
  }
}

/** Waits until no entry, hold, checkout or refund is open. What is left over is a finding of the checks, not an error of the load. */
async function untilSettled(
  query: <Row extends object>(text: string) => Promise<Row[]>,
  ms: number,
): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const [row] = await query<{ open: number }>(`
      select (select count(*) from queue_entry where state in ('waiting', 'active'))::int
        + (select count(*) from app_order where state = 'held')::int as open`);
    if ((row?.open ?? 0) + (await countPending(query)) === 0) return;
    await sleep(2000);
  }
}
