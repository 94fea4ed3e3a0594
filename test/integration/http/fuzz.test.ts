/**
 * Requests at random to every operation: never an error of the server, never a row or a job left by a request
 * that was refused, never a command that fails. A failure prints its seed; FUZZ_RUNS=1000 looks longer, and
 * FUZZ_SEED=1 elsewhere.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isProblemCode } from '../../../src/http/problems/problems.ts';
import type { AdmittedUser } from '../../support/http/client.ts';
import { type Operation, readOperations, type Schemas } from '../../support/http/operations.ts';
import { expectAlive, RAW_REQUESTS, sendRaw } from '../../support/network/raw-requests.ts';
import { type RandomRequest, requestsFor } from '../../support/random/requests.ts';
import { anyClaims, signAnything } from '../../support/random/tokens.ts';
import { type Footprints, footprintsOf } from '../../support/services/footprint.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';

const RUNS = Number(process.env.FUZZ_RUNS ?? 80);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_121);
const TIMEOUT_MS = 60_000 + RUNS * 2000;
const LOGIN = `Basic ${btoa('admin:test-password')}`;
/** The idempotency key of one job of every user. */
const OWN_KEY = 'own';
/** No queue entry and no hold expires while this file runs. */
const SETTINGS = {
  RATE_LIMIT: '0',
  QUEUE_TOKEN_SECONDS: '86400',
  HOLD_SECONDS: '86400',
  CLAIM_SECONDS: '86400',
  WAITING_IDLE_SECONDS: '86400',
  WAITING_GONE_MINUTES: '10080',
};

let seatlane: TestSeatlane;
let footprints: Footprints;
let operations: Operation[];
let schemas: Schemas;
let operator: string;
/** Some operations end the queue entry of their user, so each operation has a separate user. */
let users: Map<string, AdmittedUser>;
/** The ids of all accepted jobs, including the one job of each user. */
const jobIds = new Set<string>();
const ownJobs = new Map<string, string>();

beforeAll(async () => {
  const first = await startSeatlane({ settings: SETTINGS });
  const { client } = first;
  ({ operations, schemas } = await readOperations(client));
  operator = await client.tokenFor('operator', 'admin');
  const { seats } = await client.schedule({ seats: [{ from: 1, to: 100, price: 10 }] });
  const admitted = operations.map(async ({ name }) => [name, await client.admitted(name)] as const);
  users = new Map(await Promise.all(admitted));
  for (const [place, [name, user]] of [...users].entries()) {
    const charge = { ...user, headers: { 'Idempotency-Key': OWN_KEY }, body: { amount: 1000 } };
    const { body } = await client.command('POST', '/points/charge', charge);
    jobIds.add(body.id);
    ownJobs.set(name, body.id);
    await client.command('POST', `/concerts/seats/${seats[place]?.id}/book`, user);
  }
  await first.stop();
  // Without workers only requests change anything, and every added job stays pending.
  const { services } = first;
  seatlane = await startSeatlane({ settings: SETTINGS, services, workers: 0 });
  footprints = footprintsOf(seatlane);
}, TIMEOUT_MS);

afterAll(async () => {
  footprints.close();
  await seatlane.stop();
});

interface Answered {
  status: number;
  type: string | null;
  text: string;
}

async function send(operation: Operation, request: RandomRequest): Promise<Answered> {
  const { path, headers, body } = request;
  const user = users.get(operation.name);
  const response = await fetch(seatlane.client.base + path, {
    method: operation.method,
    headers: {
      Authorization: operation.needsLogin
        ? LOGIN
        : `Bearer ${operation.isAdmin ? operator : user?.token}`,
      ...(operation.needsQueueToken && { 'Queue-Token': user?.queueToken }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  const type = response.headers.get('content-type');
  // An event stream does not end by itself.
  const isStream = type?.startsWith('text/event-stream');
  if (isStream) await response.body?.cancel();
  return { status: response.status, type, text: isStream ? '' : await response.text() };
}

/** Checks that the document describes this response of the operation. @returns the job's id, for a 202 */
function expectPromised(operation: Operation, request: RandomRequest, answered: Answered) {
  const { status, type, text } = answered;
  const about = `${operation.name}: ${JSON.stringify(request).slice(0, 2000)}: ${status} ${text}`;
  expect(status, about).toBeLessThan(500);
  // The document does not list 417, because it depends on a header and not on the operation (RFC 9110).
  const isKnownAlready = status === 304 && 'If-None-Match' in request.headers;
  if (!isKnownAlready) expect(Object.keys(operation.answers), about).toContain(String(status));
  expect(Object.prototype, about).not.toHaveProperty('polluted');
  if (status < 400) return status === 202 ? (JSON.parse(text).id as string) : undefined;
  expect(type, about).toBe('application/problem+json');
  const problem = JSON.parse(text);
  expect(problem, about).toMatchObject({ status, type: /./, title: /./, detail: /./ });
  expect(isProblemCode(problem.code), about).toBe(true);
  expect(operation.answers[status], about).toContain(problem.code);
  expect(text, about).not.toMatch(/\.ts:|node_modules|at \w+ \(|select |insert /);
  return undefined;
}

/** Requests for jobs: the user's job by id, another user's job, and the user's job by its key. */
function hintsFor({ name }: Operation) {
  const [anybodys] = jobIds;
  return { schemas, jobs: [OWN_KEY, String(ownJobs.get(name)), String(anybodys)] };
}

const params = (numRuns: number) => ({ numRuns: Math.ceil(numRuns), seed: SEED });

test('a refused request leaves no row and no job', { timeout: TIMEOUT_MS }, async () => {
  for (const operation of operations) {
    const before = await footprints.rows();
    const hints = hintsFor(operation);
    let { waiting } = await footprints.jobs();
    const property = fc.asyncProperty(requestsFor(operation, hints), async (request) => {
      const jobId = expectPromised(operation, request, await send(operation, request));
      const isNew = jobId !== undefined && !jobIds.has(jobId);
      if (isNew) jobIds.add(jobId);
      const now = await footprints.jobs();
      expect(now.waiting, operation.name).toBe(waiting + Number(isNew));
      waiting = now.waiting;
    });
    await fc.assert(property, params(RUNS));
    expect(await footprints.rows(), operation.name).toEqual(before);
  }
  const accepted = operations.filter(({ isCommand }) => isCommand).length;
  expect(jobIds.size).toBeGreaterThan((accepted * RUNS) / 8);
});

async function expectNothingFailed(): Promise<void> {
  await waitFor(
    'all lanes are empty',
    async () => {
      const { waiting, active } = await footprints.jobs();
      return waiting + active === 0;
    },
    TIMEOUT_MS,
  );
  const failed = `select command, problem from command_receipt where state = 'failed'`;
  expect(await seatlane.rows(failed)).toEqual([]);
  expect((await footprints.jobs()).failed).toBe(0);
}

test('every accepted command is applied, and none fails', { timeout: TIMEOUT_MS }, async () => {
  await seatlane.addWorker();
  await expectNothingFailed();
  const receipts = await seatlane.rows<{ id: string }>(
    `select lane || '_' || id as id from command_receipt`,
  );
  const known = new Set(receipts.map(({ id }) => id));
  expect([...jobIds].filter((id) => !known.has(id))).toEqual([]);
});

test('a request that waits for an outcome gets a documented response', {
  timeout: TIMEOUT_MS,
}, async () => {
  for (const operation of operations.filter(({ isCommand }) => isCommand)) {
    const hints = { ...hintsFor(operation), prefer: 'wait=20' };
    const together = fc.array(requestsFor(operation, hints), { minLength: 4, maxLength: 4 });
    const property = fc.asyncProperty(together, async (requests) => {
      const answers = await Promise.all(requests.map((request) => send(operation, request)));
      for (const [place, request] of requests.entries()) {
        expectPromised(operation, request, answers[place] as Answered);
      }
    });
    await fc.assert(property, params(RUNS / 8));
  }
  await expectNothingFailed();
});

test('a signed token with random claims identifies its user or is refused with 401', async () => {
  const property = fc.asyncProperty(anyClaims, async (claims) => {
    const token = await signAnything(claims);
    const { status, body } = await seatlane.client.request('GET', '/users/me', { token });
    // Node refuses headers of more than 16 kB before the API reads them.
    if (status === 431) return;
    expect([200, 401], JSON.stringify([claims, body])).toContain(status);
    if (status === 200) expect(body.subject).toBe((claims as { sub?: unknown }).sub);
  });
  await fc.assert(property, params(RUNS * 4));
});

test.each(RAW_REQUESTS)(
  '%s: the request gets a response, and so does the next request',
  async (_what, raw) => {
    expect(await sendRaw(seatlane.client.base, raw)).toMatch(raw.answer);
    await expectAlive(seatlane.client);
  },
);
