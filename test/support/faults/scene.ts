/**
 * A scene of a fault test: services and processes of its own, customers who shop in it without a pause while
 * the test breaks things, and at the end the question whether everything that they were told is true: every answer
 * stands in the database, exactly once; every refusal changed nothing; every accepted command has an outcome; for
 * each seat and each user one order exists that explains all answers; the audit finds nothing.
 */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { COMPILE_CACHE } from '../../../scripts/lib/compile-cache.ts';
import { LANE_LOCKS } from '../../../src/db/lanes/lock-keys.ts';
import { TestClient } from '../http/client.ts';
import type { TestServices } from '../services/database.ts';
import {
  startApiProcess,
  startProcess,
  startWorkerProcess,
  type TestProcess,
} from '../services/processes.ts';
import { environmentFor } from '../services/seatlane.ts';
import { stopAll, stopTogether } from '../services/stop-all.ts';
import { waitFor } from '../wait-for.ts';
import { Customer, type Noted, type Shop } from './customers.ts';
import { explainAll } from './explain.ts';
import type { Door } from './requests.ts';

/** Holds last longer than the scene; other tests cover their expiry. */
const SETTINGS = { HOLD_SECONDS: '3600', QUEUE_TOKEN_SECONDS: '3600', MAX_SEATS_PER_USER: '1000' };
const HOT_SEATS = 12;
/** Fewer than the customers want. */
const AREA_PLACES = 15;
const COLD_SEATS = 400;
const PRICE = 10;
const LANES = 16;

export type ApiProcess = TestProcess & { url: string; client: TestClient };

/** What a scene needs from its services. */
export interface SceneServices extends TestServices {
  /** Rows of a query. */
  query<Row extends object>(text: string): Promise<Row[]>;
  stop(): Promise<void>;
}

export interface Scene<Services extends SceneServices = SceneServices> {
  services: Services;
  apis: ApiProcess[];
  workers: TestProcess[];
  addApi(): Promise<ApiProcess>;
  addWorker(): Promise<TestProcess>;
  /** A worker whose handlers throw errors for some commands: see faulty-worker.ts. */
  addFaultyWorker(): Promise<TestProcess>;
  /** Removes a process from the lists, so that the scene no longer uses it. The caller must end it. */
  drop(process: TestProcess): void;
  /** Stops workers gracefully until `count` are left. */
  leaveWorkers(count: number): Promise<void>;
  /** The number of lanes that each process owns, by process id; only lanes that are locked now. */
  owners(): Promise<Map<number, number>>;
  /** Waits until every lane has an owner. */
  untilOwned(): Promise<void>;
  /** Lets customers shop while `act` causes faults; then checks all responses that they received. */
  shopping(act: () => Promise<void>, options?: { mayLoseJobs?: boolean }): Promise<Report>;
  stop(): Promise<void>;
}

/** Figures of the run, for logs. */
export interface Report {
  notes: readonly Noted[];
  counts: Record<string, number>;
  retries: Record<string, number>;
  /** The longest time that a customer waited for a response, in ms; `since` is on the clock of `performance`. */
  slowestMs(): number;
}

/** Opens a scene on these services, and stops them with it. */
export async function startScene<Services extends SceneServices>(
  services: Services,
  { apis = 2, workers = 3 } = {},
): Promise<Scene<Services>> {
  const scene: Scene<Services> = {
    services,
    apis: [],
    workers: [],
    async addApi() {
      const started = await startApiProcess(services, SETTINGS);
      const api = { ...started, url: started.client.base };
      scene.apis.push(api);
      return api;
    },
    addWorker: async () => keep(await startWorkerProcess(services, SETTINGS)),
    addFaultyWorker: async () =>
      keep(
        (await startProcess('test/support/faults/faulty-worker.ts', services, SETTINGS)).process,
      ),
    drop(process) {
      scene.apis = scene.apis.filter((each) => each !== process);
      scene.workers = scene.workers.filter((each) => each !== process);
    },
    async leaveWorkers(count) {
      const leaving = scene.workers.slice(count);
      for (const worker of leaving) scene.drop(worker);
      await Promise.all(leaving.map((worker) => worker.stop()));
    },
    async owners() {
      const rows = await services.query<{ owner: number; lanes: number }>(OWNERS);
      return new Map(rows.map(({ owner, lanes }) => [owner, lanes]));
    },
    untilOwned: () => untilOwned(scene),
    shopping: (act, options = {}) => shopping(scene, act, options),
    stop: () =>
      stopAll(
        () => stopTogether([...scene.apis, ...scene.workers]),
        () => services.stop(),
      ),
  };
  const keep = (worker: TestProcess) => {
    scene.workers.push(worker);
    return worker;
  };
  await Promise.all(Array.from({ length: apis }, () => scene.addApi()));
  await Promise.all(Array.from({ length: workers }, () => scene.addWorker()));
  return scene;
}

/** The application name of the session ends with the process id of the owner. */
const OWNERS = `
  select substring(application_name from '[0-9]+$')::int as owner, count(*)::int as lanes
  from pg_locks join pg_stat_activity using (pid)
  where locktype = 'advisory' and granted and classid = ${LANE_LOCKS}
    and database = (select oid from pg_database where datname = current_database())
  group by 1`;

async function untilOwned(scene: Scene): Promise<void> {
  await waitFor('every lane has an owner', async () => {
    const owners = [...(await scene.owners()).values()];
    return owners.reduce((sum, lanes) => sum + lanes, 0) === LANES;
  });
}

let scenes = 0;

async function shopping(
  scene: Scene,
  act: () => Promise<void>,
  { mayLoseJobs = false, customers = 24 } = {},
): Promise<Report> {
  scenes += 1;
  const shop = await openShop(scene, mayLoseJobs);
  let isClosing = false;
  // Every sixth customer is the same user on another device.
  const visits = Array.from({ length: customers }, (_, index) => {
    const subject = index % 6 === 0 ? `scene ${scenes} agency` : `scene ${scenes} user ${index}`;
    return new Customer(shop, subject, scenes * 1000 + index).shop(() => isClosing);
  });
  const allGone = Promise.all(visits);
  try {
    await Promise.race([untilBusy(shop), allGone]);
    await act();
    // After the fault the system must work again: it must complete more commands.
    await Promise.race([untilBusy(shop), allGone]);
  } finally {
    isClosing = true;
    await allGone;
  }
  const receipts = await readReceipts(scene, shop.notes);
  for (const noted of shop.notes) hearLate(noted, receipts);
  const wrong = [
    ...compareWithReceipts(shop.notes, receipts),
    ...explainAll(shop.notes).wrong,
    ...ourFault(shop.notes),
    ...(await audit(scene)),
  ];
  if (wrong.length > 0) throw new Error(wrong.slice(0, 10).join('\n\n'));
  return {
    notes: shop.notes,
    counts: countKinds(shop.notes),
    retries: shop.door.retries,
    slowestMs: () =>
      shop.notes.reduce((most, { sentAt, answeredAt }) => Math.max(most, answeredAt - sentAt), 0),
  };
}

/** Enough commands were sent for batches to contain commands of many customers. */
async function untilBusy(shop: Shop): Promise<void> {
  const before = shop.notes.length;
  await waitFor('customers shop', () => shop.notes.length > before + 120);
}

async function openShop(scene: Scene, mayLoseJobs: boolean): Promise<Shop> {
  const client = new TestClient((scene.apis[0] as ApiProcess).url);
  const ranges = { seats: [{ from: 1, to: HOT_SEATS + COLD_SEATS, price: PRICE }] };
  const areas = [{ name: 'Standing', capacity: AREA_PLACES, price: PRICE }];
  const { seats, id: scheduleId } = await client.schedule({ ...ranges, areas });
  const [area] = await scene.services.query<{ id: number }>(
    `select id::int as id from area where schedule_id = ${scheduleId}`,
  );
  const ids = seats.map(({ id }) => id);
  return {
    door: doorOf(scene, mayLoseJobs),
    hotSeats: ids.slice(0, HOT_SEATS),
    coldSeats: ids.slice(HOT_SEATS),
    scheduleId,
    areaId: area?.id as number,
    price: PRICE,
    notes: [],
    tokenFor: (subject) => client.tokenFor(subject),
  };
}

/** The current addresses of the API. */
export function doorOf(scene: Scene, mayLoseJobs = false): Door {
  return {
    get urls() {
      return scene.apis.map(({ url }) => url);
    },
    mayLoseJobs,
    retries: {},
  };
}

interface Receipt {
  id: string;
  state: 'succeeded' | 'rejected' | 'failed';
  code: string | null;
  result: Record<string, unknown> | null;
}

type Receipts = Map<string, Receipt>;

async function readReceipts(scene: Scene, notes: readonly Noted[]): Promise<Receipts> {
  const subjects = [...new Set(notes.map(({ subject }) => `'${subject}'`))];
  const receipts = await scene.services.query<Receipt>(
    `select lane || '_' || receipt.id as id, state, problem ->> 'code' as code, result
     from command_receipt receipt join app_user on app_user.id = user_id
     where subject in (${subjects.join()})`,
  );
  return new Map(receipts.map((receipt) => [receipt.id, receipt]));
}

/** A worker was applying a command when Redis lost it: later requests must return its outcome. */
function hearLate(noted: Noted, receipts: Receipts): void {
  if (noted.answer.state !== 'lost') return;
  const { jobId } = noted.answer;
  const receipt = receipts.get(jobId);
  if (!receipt) return;
  const { state, code, result } = receipt;
  noted.answer =
    state === 'succeeded' ? { state, jobId, result } : { state, jobId, code: code ?? '' };
  noted.answeredAt = performance.now();
}

/** PostgreSQL has every outcome as it was returned; commands that were lost or not accepted have left no row. */
function compareWithReceipts(notes: readonly Noted[], receipts: Receipts): string[] {
  const unheardOf = new Map(receipts);
  const wrong = notes.flatMap((noted) => {
    const { answer } = noted;
    if (noted.kind === 'balance' || answer.state === 'refused') return [];
    const receipt = receipts.get(answer.jobId);
    unheardOf.delete(answer.jobId);
    const told = `${noted.subject} was told ${JSON.stringify(answer)} of ${noted.kind}`;
    return isTrue(noted, receipt) ? [] : [`${told}; the receipt says ${JSON.stringify(receipt)}`];
  });
  const unheard = [...unheardOf.values()].map(
    (receipt) => `nobody heard of the command ${JSON.stringify(receipt)}`,
  );
  return [...wrong, ...unheard];
}

function isTrue({ kind, answer }: Noted, receipt?: Receipt): boolean {
  if (answer.state === 'lost') return receipt === undefined;
  if (receipt?.state !== answer.state) return false;
  if (answer.state === 'rejected') return receipt.code === answer.code;
  if (answer.state !== 'succeeded') return true;
  // The API returns the current state of a queue entry; only its number does not change.
  if (kind === 'enter') return receipt.result?.number === answer.result.number;
  return isDeepStrictEqual(receipt.result, answer.result);
}

async function audit({ services }: Scene): Promise<string[]> {
  const script = resolve(import.meta.dirname, '../../../scripts/audit.ts');
  const env = { PATH: process.env.PATH, ...COMPILE_CACHE, ...environmentFor(services) };
  try {
    await promisify(execFile)(process.execPath, [script], { env });
    return [];
  } catch (error) {
    return [`The audit says:\n${(error as { stdout: string }).stdout}`];
  }
}

/** No fault may cause an unexpected error in a process. */
function ourFault(notes: readonly Noted[]): string[] {
  return notes
    .filter(({ answer }) => 'code' in answer && answer.code === 'INTERNAL_ERROR')
    .map((noted) => `Answered with INTERNAL_ERROR: ${JSON.stringify(noted)}`);
}

function countKinds(notes: readonly Noted[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, answer } of notes) {
    const name = `${kind} ${'code' in answer ? answer.code : answer.state}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
