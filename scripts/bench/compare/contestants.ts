/** The compared systems, each with its own processes and database, on one PostgreSQL and one Redis. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AccessTokens } from '../../../src/http/auth/access-tokens.ts';
import { freePort } from '../../services/free-port.ts';
import { LoadClient, type LoadResponse } from '../http-client.ts';
import { SERVER_STRATEGIES, type ServerStrategy } from '../strategies/strategies.ts';
import type { BenchProcess, BenchSystem } from '../system.ts';
import {
  type Database,
  type Hall,
  newHall,
  newStanding,
  openDatabase,
  type Standing,
} from './database.ts';
import { startSandbox } from './sandbox.ts';

export const STRATEGIES = [...SERVER_STRATEGIES, 'job-per-transaction', 'seatlane'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** As many connections as the largest number of concurrent requests. */
const CONNECTIONS = 1000;
const PAGE_CONNECTIONS = 300;
export const USERS = 3000;

export interface Contestant {
  name: Strategy;
  /** The number of admitted users; their subjects are `buyer 0`, `buyer 1` and so on. */
  users: number;
  databaseUrl: string;
  /** The port of its API. */
  port: number;
  /** The payment pages of its sandbox, if it has one. */
  pages?: LoadClient | undefined;
  post(path: string, user: number, body?: object): Promise<LoadResponse>;
  get(path: string, user: number): Promise<LoadResponse>;
  /** Sets the queue token of a user. */
  admit(user: number, queueToken: string): void;
  hall(seats: number, seatsPerRow?: number): Promise<Hall>;
  standing(capacity: number): Promise<Standing>;
  query<Row extends object>(text: string): Promise<Row[]>;
  /** The CPU time used so far, in s. */
  cpuSeconds(): { api: number; worker: number };
  close(): Promise<void>;
}

const subjectOf = (user: number) => `buyer ${user}`;

async function fillUsers({ query }: Database, users: number): Promise<void> {
  await query(`insert into app_user (subject)
    select 'buyer ' || n from generate_series(0, ${users - 1}) n on conflict do nothing`);
  await query(`insert into points (user_id) select id from app_user on conflict do nothing`);
  await query(`insert into concert (title, created_at) values ('Comparison', now())`);
}

/** Starts the contestants with these names. */
export async function openContestants(
  system: BenchSystem,
  names: readonly Strategy[],
  users = USERS,
): Promise<Contestant[]> {
  const tokens = await issueTokens(system, users);
  const direct = await openDatabase(system, 'direct');
  await fillUsers(direct, users);
  await direct.query('alter table points add column version int not null default 1');
  await direct.query('alter table seat add column version int not null default 1');
  await direct.query('create sequence direct_place');
  const opening = names.map((name) =>
    name === 'seatlane' || name === 'job-per-transaction'
      ? openLanes(system, name, tokens, { hasSandbox: name === 'seatlane' })
      : openDirect(system, name, tokens, direct),
  );
  return Promise.all(opening);
}

/** Starts several Seatlane systems that differ in their data or processes, to be measured in turns. */
export async function openSeatlanes(
  system: BenchSystem,
  variants: readonly Variant[],
): Promise<Contestant[]> {
  const tokens = await issueTokens(system, USERS);
  const contestants: Contestant[] = [];
  for (const variant of variants) {
    contestants.push(await openLanes(system, 'seatlane', tokens, variant));
  }
  return contestants;
}

export interface Variant {
  /** The name of its database, and the prefix of its Redis keys. */
  name?: string;
  workers?: number;
  /** Whether cards can be used. */
  hasSandbox?: boolean;
}

async function issueTokens({ environment }: BenchSystem, users: number): Promise<string[]> {
  const { JWT_SECRET: jwtSecret = '' } = environment;
  const issuer = new AccessTokens({
    jwtSecret,
    jwksUrl: undefined,
    jwtIssuer: 'seatlane',
    jwtAudience: 'seatlane',
  });
  const tokens: string[] = [];
  for (let user = 0; user < users; user += 1) {
    tokens.push((await issuer.issue({ subject: subjectOf(user) }, Date.now())).accessToken);
  }
  return tokens;
}

async function openDirect(
  system: BenchSystem,
  name: ServerStrategy,
  tokens: readonly string[],
  database: Database,
): Promise<Contestant> {
  const file = 'scripts/bench/strategies/server.ts';
  const settings = { DATABASE_URL: database.url };
  const api = await system.startServer(file, ['--strategy', name], settings);
  const headers = tokens.map((token) => ({ Authorization: `Bearer ${token}` }));
  return toContestant(name, { api, workers: [], database, headers });
}

async function openLanes(
  system: BenchSystem,
  name: 'seatlane' | 'job-per-transaction',
  tokens: readonly string[],
  {
    name: id = name === 'seatlane' ? 'seatlane' : 'jobs',
    workers: count = 1,
    hasSandbox = false,
  }: Variant,
): Promise<Contestant> {
  const database = await openDatabase(system, id);
  await fillUsers(database, tokens.length);
  const apiPort = hasSandbox ? await freePort() : 0;
  const sandbox = hasSandbox ? await startSandbox(system, apiPort) : undefined;
  const pages = sandbox && new LoadClient(sandbox.process.port, PAGE_CONNECTIONS);
  const settings = {
    DATABASE_URL: database.url,
    REDIS_PREFIX: id,
    BATCH_SIZE: name === 'seatlane' ? '256' : '1',
    ...(sandbox && { PORT: String(apiPort), ...sandbox.settings }),
  };
  const workers: BenchProcess[] = [];
  while (workers.length < count) workers.push(await system.startWorker(settings));
  const api = await system.startApi(settings);
  const headers = tokens.map(
    (token): Record<string, string> => ({
      Authorization: `Bearer ${token}`,
      Prefer: 'wait=30',
    }),
  );
  const contestant = toContestant(name, { api, workers, database, headers, pages });
  await admitAll(contestant, tokens.length);
  return contestant;
}

interface Parts {
  api: BenchProcess & { port: number };
  workers: readonly BenchProcess[];
  database: Database;
  headers: Record<string, string>[];
  pages?: LoadClient | undefined;
}

function toContestant(
  name: Strategy,
  { api, workers, database, headers, pages }: Parts,
): Contestant {
  const client = new LoadClient(api.port, CONNECTIONS);
  const headersOf = (user: number) => headers[user % headers.length] as Record<string, string>;
  return {
    name,
    users: headers.length,
    databaseUrl: database.url,
    port: api.port,
    pages,
    post: (path, user, body) =>
      client.send({ method: 'POST', path, headers: headersOf(user), ...(body && { body }) }),
    get: (path, user) => client.send({ method: 'GET', path, headers: headersOf(user) }),
    admit(user, queueToken) {
      headersOf(user)['Queue-Token'] = queueToken;
    },
    hall: (seats, seatsPerRow) => newHall(database, seats, seatsPerRow),
    standing: (capacity) => newStanding(database, capacity),
    query: database.query,
    cpuSeconds: () => ({
      api: api.cpuSeconds(),
      worker: workers.reduce((sum, worker) => sum + worker.cpuSeconds(), 0),
    }),
    async close() {
      client.close();
      pages?.close();
      await database.close().catch(() => undefined);
    },
  };
}

const AT_ONCE = 100;

async function admitAll(contestant: Contestant, users: number): Promise<void> {
  const left = Array.from({ length: users }, (_, user) => user);
  const work = async () => {
    for (let user = left.pop(); user !== undefined; user = left.pop()) {
      await enter(contestant, user);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Enters the queue, and waits until the user is admitted. @throws Error if the user could not enter */
export async function enter(contestant: Contestant, user: number): Promise<void> {
  const { status, text } = await contestant.post('/users/queue', user);
  if (status >= 400) throw new Error(`A user could not enter the queue: ${text}`);
  await untilAdmitted(contestant, user);
}

/** Polls the queue entry of a user until it is active. @returns the number of polls */
export async function untilAdmitted(contestant: Contestant, user: number): Promise<number> {
  for (let polls = 1; ; polls += 1) {
    const { text } = await contestant.get('/users/queue', user);
    const { queueToken } = JSON.parse(text);
    if (queueToken) {
      contestant.admit(user, queueToken);
      return polls;
    }
    await sleep(10);
  }
}
