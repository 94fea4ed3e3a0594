/**
 * Measures a draw of many places: the steps of the timer `draw`, at its pace, and what an admission of another queue takes meanwhile. The
 * rows of the users who gathered are written by SQL; ends with the audit.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase as openOrm } from '../../../src/db/connection/orm.ts';
import { openLog } from '../../../src/runtime/log.ts';
import type { AdmissionSettings } from '../../../workers/timers/queue/admit.ts';
import { type DueDraw, findDueDraws } from '../../../workers/timers/queue/draws/due-draws.ts';
import { AT_ONCE_MAX, doStep } from '../../../workers/timers/queue/draws/run-draws.ts';
import { runAdmission } from '../../../workers/timers/queue/run-admission.ts';
import { auditOf } from '../audit.ts';
import { type Database, openDatabase } from '../compare/database.ts';
import { latenciesOf, median } from '../compare/figures.ts';
import type { BenchSystem } from '../system.ts';

/** How often the timer runs, in ms. */
const TIMER_MS = 1000;
/** A run of the timer that does no step is repeated this often; nothing else holds a lock here. */
const IDLE_RUNS_MAX = 30;
/** The queue that is admitted before and during the draw. */
const OTHER_QUEUE = 2;
/** How many wait in it at least. A large draw takes longer, so that it has a fifth of the draw's places. */
const OTHERS_MIN = 20_000;
const OTHERS_SHARE = 0.2;
const ADMISSION_EVERY_MS = 200;
/** How many users each admission admits. */
const ADMITTED = 20;
/** Admissions before the draw, for comparison. */
const ALONE = 20;
const ADMISSION: AdmissionSettings = {
  admitLimit: ADMITTED,
  // Shorter than the pause, so that no admission counts those of the one before.
  admitWindowMs: ADMISSION_EVERY_MS / 2,
  maxActive: 1_000_000,
  queueTokenMs: 86_400_000,
  waitingIdleMs: 86_400_000,
  claimMs: 86_400_000,
};
/** So long ago that the audit looks for no receipts. */
const PAST = `now() - interval '40 days'`;

type Times = Record<DueDraw['step'], number[]>;
type Orm = Awaited<ReturnType<typeof openOrm>>;

/** Holds a draw of `places` users who gathered, and prints what it took. */
export async function measureDraw(system: BenchSystem, places: number): Promise<void> {
  const database = await openDatabase(system, 'draw');
  const orm = await openOrm({
    databaseUrl: database.url,
    connectionsMax: 4,
    applicationName: 'seatlane-worker',
    isByKeyOnly: true,
  });
  try {
    await fill(database, places);
    const alone: number[] = [];
    for (let run = 0; run < ALONE; run += 1) {
      alone.push(await admitOnce(orm, database));
      await sleep(ADMISSION_EVERY_MS);
    }
    await database.query(`update draw set opens_at = now() - interval '2 seconds'`);
    const begin = performance.now();
    let totalMs = 0;
    const drawing = new AbortController();
    const holding = hold(orm).finally(() => {
      totalMs = performance.now() - begin;
      drawing.abort();
    });
    // The first failure of either ends both.
    const admitting = admitUntil(orm, database, drawing.signal);
    const [times, beside] = await Promise.all([holding, admitting]);
    print({ places, totalMs, times, alone, beside });
    console.log(`Audit: ${auditOf({ ...system.environment, DATABASE_URL: database.url })}`);
  } finally {
    await orm.close();
    await database.close();
  }
}

async function fill({ query }: Database, places: number): Promise<void> {
  const others = Math.max(OTHERS_MIN, places * OTHERS_SHARE);
  await query(`insert into concert (title, created_at) values ('Draw', ${PAST})`);
  await query(`insert into waiting_queue (name, created_at) values ('Other queue', ${PAST})`);
  await query(`insert into queue_numbering (queue_id) values (${OTHER_QUEUE})`);
  await query(`insert into app_user (subject)
    select 'user ' || n from generate_series(1, ${Math.max(places, others)}) n`);
  await enter(query, 1, places);
  await enter(query, OTHER_QUEUE, others);
  await query(`insert into draw (concert_id, queue_id, seed, seed_hash, gathers_at, opens_at, created_at)
    select 1, 1, seed, encode(sha256(convert_to(seed, 'UTF8')), 'hex'), ${PAST} - interval '1 day',
      now() + interval '1 hour', ${PAST} - interval '2 days'
    from (select encode(sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'hex') as seed) new`);
  for (const table of ['app_user', 'queue_entry', 'queue_numbering', 'draw']) {
    await query(`vacuum analyze ${table}`);
  }
  await query('checkpoint');
}

/** Adds waiting users who have just polled. The ids are those of `entryIdOf`. */
async function enter(query: Database['query'], queueId: number, count: number): Promise<void> {
  await query(`insert into queue_entry (id, queue_id, number, user_id, state, entered_at, accepted_at,
      seen_at, seen_near_front, job_id)
    select (${queueId} - 1) * 68719476736 + n, ${queueId}, n, app_user.id, 'waiting', ${PAST}, ${PAST},
      now(), true, 'past-${queueId}-' || n
    from generate_series(1, ${count}) n join app_user on subject = 'user ' || n`);
  await query(`update queue_numbering set last_number = ${count}, added = ${count}
    where queue_id = ${queueId}`);
}

/**
 * Does all steps as the timer does: some in each run, and a run a second.
 * @returns what each step took, in ms
 * @throws Error if the draw does not go on
 */
async function hold(orm: Orm): Promise<Times> {
  const times: Times = { close: [], rank: [], assign: [], finish: [] };
  const deps = { orm, oldestPending: async () => undefined, onDrawn: async () => undefined };
  for (let idleRuns = 0; idleRuns < IDLE_RUNS_MAX; ) {
    const begin = performance.now();
    idleRuns += 1;
    for (let steps = 0; steps < AT_ONCE_MAX; steps += 1) {
      const [draw] = await findDueDraws(orm);
      if (!draw) return times;
      const stepBegin = performance.now();
      if (!(await doStep(deps, draw))) break;
      idleRuns = 0;
      times[draw.step].push(performance.now() - stepBegin);
    }
    const ranMs = performance.now() - begin;
    await sleep(TIMER_MS - (ranMs % TIMER_MS));
  }
  throw new Error(`The draw did not go on in ${IDLE_RUNS_MAX} runs.`);
}

async function admitUntil(orm: Orm, database: Database, signal: AbortSignal): Promise<number[]> {
  const found: number[] = [];
  while (!signal.aborted) {
    found.push(await admitOnce(orm, database));
    await sleep(ADMISSION_EVERY_MS);
  }
  return found;
}

const log = openLog('bench', 'warn');

/**
 * Admits users of the other queue, and ends their sessions afterwards, so that every admission counts as few active ones.
 * @returns what the admission alone took, in ms
 * @throws Error if it did not admit ADMITTED users: what it took could not be compared
 */
async function admitOnce(orm: Orm, { query }: Database): Promise<number> {
  let admitted = 0;
  const begin = performance.now();
  await runAdmission({
    orm,
    settings: ADMISSION,
    log,
    asked: [OTHER_QUEUE],
    onAdmitted: async (queues) => {
      for (const { count } of queues) admitted += count;
    },
  });
  const tookMs = performance.now() - begin;
  if (admitted !== ADMITTED) throw new Error(`An admission admitted ${admitted} users.`);
  await query(`update queue_entry set state = 'ended', ended_at = now(), end_reason = 'left'
    where queue_id = ${OTHER_QUEUE} and state = 'active'`);
  return tookMs;
}

interface Found {
  places: number;
  totalMs: number;
  times: Times;
  /** What admissions took before and during the draw, in ms. */
  alone: number[];
  beside: number[];
}

function print({ places, totalMs, times, alone, beside }: Found): void {
  const { assign } = times;
  const sum = (all: readonly number[]) => all.reduce((total, each) => total + each, 0);
  const line = (...cells: string[]) => console.log(`| ${cells.join(' | ')} |`);
  const ms = (value: number) => value.toFixed(1);
  console.log(`\nA draw of ${places.toLocaleString('en')} places, at the pace of the timer.\n`);
  line('what', 'ms');
  line('---', '---');
  line('all, with the pauses of the timer', ms(totalMs));
  line('close', ms(sum(times.close)));
  line('rank', ms(sum(times.rank)));
  line(`${assign.length} portions, together`, ms(sum(assign)));
  line('a portion, median', ms(median(assign)));
  line('the longest portion', ms(Math.max(...assign)));
  line('finish', ms(sum(times.finish)));
  for (const [name, found] of [
    ['before', alone],
    ['during', beside],
  ] as const) {
    const { p50Ms, p95Ms } = latenciesOf(found);
    const text = `an admission of another queue ${name} the draw: p50 / p95 / longest of ${found.length}`;
    line(text, [p50Ms, p95Ms, Math.max(...found)].map(ms).join(' / '));
  }
}
