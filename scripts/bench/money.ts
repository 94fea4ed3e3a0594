/**
 * `npm run bench:money`: people buy seats by card while everything goes wrong. They spend up to a minute at the 3-D Secure step; events of
 * the provider are lost, repeated, late and out of order; the API and the workers are killed every few seconds; the provider is down
 * for a while. Waits until nothing is pending, then compares our books with the provider's, to the unit, and audits.
 *
 *   node scripts/bench/money.ts [--users 2000] [--spread 90] [--challenge 60] [--kill 5] [--down 30]      all but users in s
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCommandLine } from '../../src/config/command-line.ts';
import { checkoutKey } from '../../src/lanes/payment-keys.ts';
import { freePort } from '../services/free-port.ts';
import { seededRandom } from '../simulate/seeded-random.ts';
import { auditOf } from './audit.ts';
import { newHall, openDatabase } from './compare/database.ts';
import { RETURN_ORIGIN, startSandbox } from './compare/sandbox.ts';
import { compareWith, countPending, ourBooks } from './money/books.ts';
import { buy, type Plan } from './money/buyer.ts';
import { startKilled } from './money/kills.ts';
import { requestsTo } from './money/requests.ts';
import { startBenchSystem } from './system.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    users: { type: 'string', default: '2000' },
    spread: { type: 'string', default: '90' },
    challenge: { type: 'string', default: '60' },
    kill: { type: 'string', default: '5' },
    down: { type: 'string', default: '30' },
  },
});
const userCount = Number(values.users);
const msOf = (seconds: string) => Number(seconds) * 1000;
const SETTLED_MS_MAX = 900_000;
const FAULTS = { lostShare: 0.1, repeatedShare: 0.3, delayMsMax: 5000, reordered: true };

const system = await startBenchSystem();
const apiPort = await freePort();
const { SANDBOX_SECRET: secret = '' } = system.environment;
const sandbox = await startSandbox(system, apiPort, FAULTS);
const settings = {
  PORT: String(apiPort),
  ...sandbox.settings,
  CHECKOUT_SECONDS: '90',
  RECONCILE_SECONDS: '15',
  HOLD_SECONDS: '90',
};
const bearer = { Authorization: `Bearer ${secret}` };
const database = await openDatabase(system, 'seatlane');
const requests = requestsTo(`http://127.0.0.1:${apiPort}`);
const random = seededRandom(1);
const outcomes = new Map<string, number>();

/** Of ten, one leaves the page, one fails there, and one gives the order back. */
function planOf(): Plan {
  const drawn = random();
  const ending =
    drawn < 0.1
      ? 'leave'
      : drawn < 0.15
        ? 'fail'
        : drawn < 0.2
          ? 'decline'
          : drawn < 0.4
            ? 'pay'
            : 'confirm';
  return { ending, challengeMs: random() * msOf(values.challenge), givesBack: random() < 0.1 };
}

async function visit(number: number): Promise<void> {
  const plan = planOf();
  await sleep(random() * msOf(values.spread));
  const answer = await requests.command('POST', '/auth/token', {}, { subject: `buyer ${number}` });
  const token = { Authorization: `Bearer ${answer.body.accessToken}` };
  const entered = await requests.command('POST', '/users/queue', token);
  const user = { ...token, 'Queue-Token': await admitted(token, entered.body) };
  const shop = {
    scheduleId: hall.scheduleId,
    seatIds: hall.seatIds,
    returnUrl: `${RETURN_ORIGIN}/thanks`,
    pollMs: 3000,
    patienceMs: SETTLED_MS_MAX,
  };
  const what = await buy(requests, user, { shop, plan, random });
  outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
}

async function admitted(token: Record<string, string>, entered: any): Promise<string> {
  let entry = entered.result;
  while (!entry.queueToken) {
    await sleep(1000);
    entry = (await requests.get('/users/queue', token)).body;
  }
  return entry.queueToken;
}

async function goDown(): Promise<void> {
  await sleep(msOf(values.spread) / 2);
  await fetch(`${sandbox.url}/v1/faults`, {
    method: 'POST',
    headers: { ...bearer, 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...FAULTS, downMs: msOf(values.down) }),
  });
}

async function untilNothingIsPending(): Promise<void> {
  const end = Date.now() + SETTLED_MS_MAX;
  while ((await countPending(database.query)) > 0) {
    if (Date.now() > end) throw new Error('Some checkouts or refunds do not end.');
    await sleep(1000);
  }
}

await database.query(`insert into concert (title, created_at) values ('Sale', now())`);
// Fewer seats than buyers, so that seats whose hold is over are taken by others before late money arrives.
const hall = await newHall(database, Math.ceil(userCount * 0.9));
try {
  const kills = await startKilled(system, settings);
  kills.begin(msOf(values.kill));
  const began = performance.now();
  void goDown();
  const printing = setInterval(() => {
    const counts = [...outcomes].map(([what, times]) => `${times} ${what}`).join(', ');
    process.stderr.write(`${Math.round((performance.now() - began) / 1000)} s: ${counts}\n`);
  }, 10_000);
  await Promise.all(Array.from({ length: userCount }, (_, number) => visit(number)));
  clearInterval(printing);
  await kills.end();
  await untilNothingIsPending();
  const seconds = Math.round((performance.now() - began) / 1000);

  const journal = await fetch(`${sandbox.url}/v1/journal`, { headers: bearer });
  const theirs = await compareWith(await journal.text(), database.query, checkoutKey);
  const rows: [string, number | string][] = [
    ['buyers', userCount],
    ...[...outcomes]
      .toSorted()
      .map(([what, times]): [string, number] => [`buyers: ${what}`, times]),
    ['kills of the API', kills.counts.api],
    ['kills of workers', kills.counts.worker],
    ['requests sent again', requests.repeated],
    ...Object.entries(await ourBooks(database.query)),
    ['captured, by the provider', theirs.captured],
    ['refunded, by the provider', theirs.refunded],
    ['payments that differ from the provider', theirs.differing.join(', ') || 0],
  ];
  console.log(`\n${userCount} purchases by card, settled after ${seconds} s.\n`);
  console.log(`| | |\n| --- | --- |`);
  for (const [what, value] of rows) console.log(`| ${what} | ${value} |`);
  const env = { ...system.environment, ...settings };
  const script = join(import.meta.dirname, '../reconcile.ts');
  const options = { env, encoding: 'utf8' } as const;
  console.log(execFileSync(process.execPath, [script, '--provider'], options));
  console.log(`Audit: ${auditOf(system.environment)}`);
  if (theirs.differing.length > 0) process.exitCode = 1;
} finally {
  await database.close();
  await system.stop();
}
