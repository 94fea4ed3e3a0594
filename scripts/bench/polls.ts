/**
 * `npm run bench:polls`: measures how many polls of queue entries one API process serves with 100,000 waiting users,
 * compared with a route that only checks the access token, and how many transactions the polls cause.
 *
 *   node scripts/bench/polls.ts [--waiting 100000] [--seconds 5]
 */

import { Client } from 'pg';
import { readCommandLine } from '../../src/config/command-line.ts';
import { LoadClient } from './http-client.ts';
import { startBenchSystem } from './system.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    waiting: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '5' },
  },
});
const waiting = Number(values.waiting);
const seconds = Number(values.seconds);
const POLLERS = 1000;
const AT_ONCE = 64;
const ROUNDS = 3;

const system = await startBenchSystem();
const database = new Client(system.environment.DATABASE_URL);
await database.connect();

async function fillQueue(): Promise<void> {
  await database.query(
    `insert into app_user (subject) select 'user ' || n from generate_series(1, $1::int) n`,
    [waiting],
  );
  await database.query(
    `insert into queue_entry (id, queue_id, number, user_id, state, entered_at, job_id)
     select row_number() over (order by id), 1, row_number() over (order by id), id, 'waiting', now(), 'user-0_' || id from app_user`,
  );
  await database.query('update queue_numbering set last_number = $1::int, added = $1::int', [
    waiting,
  ]);
  await database.query('update waiting_queue set is_paused = true');
  await database.query('vacuum analyze');
}

async function statements(): Promise<number> {
  const { rows } = await database.query(
    `select xact_commit from pg_stat_database where datname = current_database()`,
  );
  return Number(rows[0].xact_commit);
}

/** Requests per second, with AT_ONCE requests in flight all the time. */
async function rateOf(
  client: LoadClient,
  path: string,
  tokens: readonly string[],
): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let answered = 0;
  const poll = async (first: number) => {
    for (let turn = first; performance.now() < end; turn += AT_ONCE) {
      const headers = { Authorization: `Bearer ${tokens[turn % tokens.length]}` };
      const { status } = await client.send({ method: 'GET', path, headers });
      if (status !== 200) throw new Error(`${path} returned ${status}.`);
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, first) => poll(first)));
  return answered / seconds;
}

try {
  await fillQueue();
  const api = await system.startApi();
  const client = new LoadClient(api.port, AT_ONCE);
  const tokens = await Promise.all(
    Array.from({ length: POLLERS }, async (_, index) => {
      const body = { subject: `user ${1 + ((index * 97) % waiting)}` };
      const { text } = await client.send({ method: 'POST', path: '/auth/token', body });
      return JSON.parse(text).accessToken as string;
    }),
  );
  await rateOf(client, '/users/queue', tokens);
  const rates: { empty: number; polls: number; cost: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const empty = await rateOf(client, '/users/me', tokens);
    const before = await statements();
    const polls = await rateOf(client, '/users/queue', tokens);
    rates.push({ empty, polls, cost: (await statements()) - before });
  }
  const [middle] = rates.toSorted((a, b) => a.polls / a.empty - b.polls / b.empty).slice(1);
  const { empty, polls, cost } = middle as (typeof rates)[0];
  const perSecond = (rate: number) => `${Math.round(rate)}/s`;
  console.log(
    `${waiting} users are waiting; ${POLLERS} of them poll one API process, ${AT_ONCE} at once.\n`,
  );
  console.log('| route that only checks the token | polls | share | transactions |');
  console.log('| --- | --- | --- | --- |');
  const share = `${Math.round((100 * polls) / empty)} %`;
  console.log(`| ${perSecond(empty)} | ${perSecond(polls)} | ${share} | ${cost} in ${seconds} s |`);
  client.close();
} finally {
  await database.end();
  await system.stop();
}
