/**
 * `npm run bench:entries`: people enter waiting queues at once, all of them one queue, then as many spread over several. Two worker
 * processes. The admission is paused, so that the figures are of entering alone. Prints the rates, their ratio, and the CPU time that each
 * process used for an entry, which says what bounds the rate. Ends with an audit.
 *
 *   node scripts/bench/entries.ts [--repeats 5] [--users 4000] [--queues 8]
 */
import { readCommandLine } from '../../src/config/command-line.ts';
import { auditOf } from './audit.ts';
import { median } from './compare/figures.ts';
import { LoadClient, type LoadResponse } from './http-client.ts';
import { startBenchSystem } from './system.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    repeats: { type: 'string', default: '5' },
    users: { type: 'string', default: '4000' },
    queues: { type: 'string', default: '8' },
  },
});
const repeats = Number(values.repeats);
const userCount = Number(values.users);
const queueCount = Number(values.queues);
const CONNECTIONS = 500;

const system = await startBenchSystem();
const api = await system.startApi({ USER_LANES: '16' });
const workers = [
  await system.startWorker({ USER_LANES: '16' }),
  await system.startWorker({ USER_LANES: '16' }),
];
const client = new LoadClient(api.port, CONNECTIONS);

const send = (method: 'POST' | 'DELETE', path: string, token: string, body?: object) =>
  client.send({
    method,
    path,
    headers: { Authorization: `Bearer ${token}`, Prefer: 'wait=30' },
    ...(body && { body }),
  });
const post = (path: string, token: string, body?: object) => send('POST', path, token, body);
const resultOf = (response: LoadResponse) => {
  const { result } = JSON.parse(response.text);
  if (!result) throw new Error(`A command failed: ${response.text}`);
  return result as { id: number };
};

async function tokenOf(subject: string, role?: string): Promise<string> {
  const body = { subject, ...(role && { role }) };
  return JSON.parse((await client.send({ method: 'POST', path: '/auth/token', body })).text)
    .accessToken;
}

async function newQueue(admin: string, index: number): Promise<number> {
  const concert = resultOf(await post('/concerts', admin, { title: `Concert ${index}` }));
  const body = { name: `Queue ${index}`, concertIds: [concert.id] };
  const queue = resultOf(await post('/queues', admin, body));
  await post(`/queues/${queue.id}/admission`, admin, { isPaused: true });
  return queue.id;
}

/** The CPU time used so far, in s. */
function cpu() {
  const { postgres, redis } = system.servicesCpu();
  const worker = workers.reduce((sum, each) => sum + each.cpuSeconds(), 0);
  return { api: api.cpuSeconds(), worker, postgres, redis, load: process.cpuUsage().user / 1e6 };
}
type Cpu = ReturnType<typeof cpu>;

interface Round {
  perSecond: number;
  /** In ms for each entry. */
  cpuMs: Cpu;
}

/** Everybody enters a queue, each its turn among the queues. They leave afterwards, unmeasured, so that each round begins with no entries. */
async function enter(tokens: readonly string[], queues: readonly number[]): Promise<Round> {
  const pathOf = (index: number) => `/queues/${queues[index % queues.length]}/entry`;
  const before = cpu();
  const begin = performance.now();
  const answers = await Promise.all(tokens.map((token, index) => post(pathOf(index), token)));
  const ms = performance.now() - begin;
  const after = cpu();
  const entered = answers.filter(({ status }) => status === 200).length;
  if (entered !== tokens.length) throw new Error(`${entered} of ${tokens.length} entered.`);
  await Promise.all(tokens.map((token, index) => send('DELETE', pathOf(index), token)));
  const msOf = (part: keyof Cpu) => ((after[part] - before[part]) * 1000) / tokens.length;
  return {
    perSecond: (tokens.length / ms) * 1000,
    cpuMs: {
      api: msOf('api'),
      worker: msOf('worker'),
      postgres: msOf('postgres'),
      redis: msOf('redis'),
      load: msOf('load'),
    },
  };
}

const PARTS = ['api', 'worker', 'postgres', 'redis', 'load'] as const;

try {
  const admin = await tokenOf('operator', 'admin');
  const queues: number[] = [];
  for (let index = 0; index < queueCount; index += 1) queues.push(await newQueue(admin, index));
  const tokens = await Promise.all(
    Array.from({ length: userCount }, (_, index) => tokenOf(`user ${index}`)),
  );
  const rounds: Record<'one' | 'several', Round[]> = { one: [], several: [] };
  // The first round of each makes the users' rows and warms the processes up.
  await enter(tokens, queues.slice(0, 1));
  await enter(tokens, queues);
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    rounds.one.push(await enter(tokens, queues.slice(0, 1)));
    rounds.several.push(await enter(tokens, queues));
  }
  console.log(
    `\n${userCount} people at once, 2 workers, medians of ${repeats}; CPU in ms an entry.\n`,
  );
  console.log(
    `| | a second | ${PARTS.join(' | ')} |\n| --- | --- |${' --- |'.repeat(PARTS.length)}`,
  );
  const line = (name: string, found: readonly Round[]) => {
    const rate = median(found.map(({ perSecond }) => perSecond));
    const parts = PARTS.map((part) => median(found.map(({ cpuMs }) => cpuMs[part])).toFixed(3));
    console.log(`| ${name} | ${Math.round(rate)} | ${parts.join(' | ')} |`);
    return rate;
  };
  const one = line('one queue', rounds.one);
  const several = line(`${queueCount} queues`, rounds.several);
  console.log(
    `\n${queueCount} queues are entered ${(several / one).toFixed(2)} times as fast as one.`,
  );
  console.log(`Audit: ${auditOf(system.environment)}`);
} finally {
  client.close();
  await system.stop();
}
