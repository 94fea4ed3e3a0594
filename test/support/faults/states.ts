/**
 * One API process and one worker process, each with lines of its own to PostgreSQL and Redis, for tests that bring the
 * services into a state and look at what each process answers, and how soon.
 */

import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { freePort } from '../../../scripts/services/free-port.ts';
import type { TestClient } from '../http/client.ts';
import { openTcpLine, type TcpLine } from '../network/tcp-line.ts';
import { startApiProcess, startWorkerProcess, type TestProcess } from '../services/processes.ts';
import { stopAll, stopTogether } from '../services/stop-all.ts';
import { waitFor } from '../wait-for.ts';
import { ROUNDS } from './rounds.ts';
import { type BreakableServices, startBreakableServices } from './services.ts';

/** A request must get a response within 5 s; tests allow more time for a busy machine. */
export const ANSWER_MS_MAX = 20_000;
/** A process must work again 2 s after the service; tests allow more time for a busy machine. */
export const RECOVERY_MS_MAX = 40_000;

export interface Lines {
  redis: TcpLine;
  postgres: TcpLine;
}

export interface Seen {
  status: number;
  code: string | undefined;
  retryAfter: string | null;
  location: string | null;
  body: any;
  ms: number;
}

export interface Stand {
  services: BreakableServices;
  /** The TCP proxies of the API process and of the worker. */
  api: Lines;
  worker: Lines;
  client: TestClient;
  token: string;
  /** Sends a command and returns its response. @throws Error if there is no response in time */
  charge(headers?: Record<string, string>): Promise<Seen>;
  read(path: string): Promise<Seen>;
  apiReady(): Promise<Seen>;
  workerReady(): Promise<Seen>;
  /** Waits until a command is applied. @returns the duration, in ms */
  untilServing(): Promise<number>;
  /** Waits until both processes report this readiness: the service that is down, or undefined if both are ready. */
  untilReadiness(down: string | undefined): Promise<void>;
  /** The logs of both processes. */
  logged(): string;
  stop(): Promise<void>;
}

/** The processes for the tests of a file, which break this kind of service. Each test begins with both processes ready. */
export function useStand(kind: keyof Lines): { readonly stand: Stand } {
  let stand: Stand;
  beforeAll(async () => {
    stand = await startStand();
  });
  afterAll(() => stand.stop());
  beforeEach(() => stand.untilReadiness(undefined));
  // The state that a failed test leaves behind must not fail the next tests.
  afterEach(() => onBoth(stand, kind, (line) => line.pass()));
  return {
    get stand() {
      return stand;
    },
  };
}

async function startStand(): Promise<Stand> {
  const services = await startBreakableServices();
  const [api, worker] = [await linesTo(services), await linesTo(services)];
  const workerPort = await freePort();
  const settings = { LOG_LEVEL: 'warn', RATE_LIMIT: '0' };
  const apiProcess = await startApiProcess(through(services, api), settings);
  const workerProcess: TestProcess = await startWorkerProcess(through(services, worker), {
    ...settings,
    WORKER_PORT: String(workerPort),
  });
  const { client } = apiProcess;
  const token = await client.tokenFor('ada');
  const stand: Stand = {
    services,
    api,
    worker,
    client,
    token,
    charge: (headers = {}) =>
      look(`${client.base}/points/charge`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/json',
          Prefer: 'wait=1',
          ...headers,
        },
        body: '{"amount":1}',
      }),
    read: (path) => look(client.base + path, { headers: { Authorization: `Bearer ${token}` } }),
    apiReady: () => look(`${client.base}/health/ready`),
    workerReady: () => look(`http://127.0.0.1:${workerPort}/health/ready`),
    async untilServing() {
      const began = performance.now();
      const isDone = async () => {
        const { status } = await stand.charge({ 'Idempotency-Key': randomUUID() });
        return status === 200;
      };
      await waitFor('a command is carried out', isDone);
      return performance.now() - began;
    },
    async untilReadiness(down) {
      for (const ready of [stand.apiReady, stand.workerReady]) {
        const isAsWanted = async () => {
          const { status, body } = await ready();
          return down === undefined ? status === 200 : status === 503 && body.down.includes(down);
        };
        await waitFor(`readiness says that ${down ?? 'nothing'} is down`, isAsWanted);
      }
    },
    logged: () => apiProcess.said() + workerProcess.said(),
    stop: () =>
      stopAll(
        () => stopTogether([apiProcess, workerProcess]),
        () => stopTogether([api, worker].flatMap(({ redis, postgres }) => [redis, postgres])),
        () => services.stop(),
      ),
  };
  await stand.untilServing();
  return stand;
}

/** Changes the proxies of both processes. */
export function onBoth(stand: Stand, kind: keyof Lines, act: (line: TcpLine) => void): void {
  for (const lines of [stand.api, stand.worker]) act(lines[kind]);
}

/** For the table in docs/testing.md: `npm run test:system` writes what was measured. */
export function told(what: string, ms: number): void {
  if (ROUNDS > 1) console.log(`${what}: ${Math.round(ms)} ms`);
}

async function linesTo({ redisUrl, databaseUrl }: BreakableServices): Promise<Lines> {
  return { redis: await openTcpLine(redisUrl), postgres: await openTcpLine(databaseUrl) };
}

const through = ({ redisPrefix }: BreakableServices, { redis, postgres }: Lines) => ({
  redisPrefix,
  redisUrl: redis.url,
  databaseUrl: postgres.url,
});

async function look(url: string, init: RequestInit = {}): Promise<Seen> {
  const began = performance.now();
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  const body: any = await response.json();
  return {
    status: response.status,
    code: body.code,
    retryAfter: response.headers.get('retry-after'),
    location: response.headers.get('location'),
    body,
    ms: performance.now() - began,
  };
}
