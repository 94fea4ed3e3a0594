/** A user who sends too many commands is refused by every API process; other users are not delayed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer, TestClient } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { waitFor } from '../../../support/wait-for.ts';

const LIMIT = 20;
let seatlane: TestSeatlane;
let other: TestClient;

beforeAll(async () => {
  seatlane = await startSeatlane({ settings: { RATE_LIMIT: String(LIMIT) } });
  other = await seatlane.addApi();
});

afterAll(() => seatlane.stop());

async function charge(client: TestClient, subject: string): Promise<Answer> {
  const token = await client.tokenFor(subject);
  return client.request('POST', '/points/charge', { token, body: { amount: 1 } });
}

test('of many concurrent commands only as many as the limit are accepted and take effect', async () => {
  const { client } = seatlane;
  const answers = await Promise.all(
    Array.from({ length: LIMIT + 15 }, () => charge(client, 'ada')),
  );
  const refused = answers.filter(({ status }) => status !== 202);
  expect(refused).toHaveLength(15);
  for (const answer of refused) {
    expectProblem(answer, 429, 'RATE_LIMITED');
    const seconds = Number(answer.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(10);
  }
  const token = await client.tokenFor('ada');
  const balance = async () => (await client.request('GET', '/points', { token })).body.balance;
  await waitFor('all that were let in', async () => (await balance()) === LIMIT);
});

test('commands that one API process has accepted count at another one, and other users are accepted', async () => {
  const token = await seatlane.client.tokenFor('cem');
  const spend = { token, body: { amount: 1 } };
  const spent = await Promise.all(
    Array.from({ length: LIMIT - 1 }, () =>
      seatlane.client.request('POST', '/points/charge', spend),
    ),
  );
  expect(spent.map(({ status }) => status)).toEqual(spent.map(() => 202));
  // The other process learns of these commands after its own first one. Without them it would accept as many as the limit.
  let accepted = 0;
  const refused = await waitFor('the other process refuses', async () => {
    const answer = await charge(other, 'cem');
    if (answer.status === 429) return answer;
    accepted += 1;
    return undefined;
  });
  expectProblem(refused, 429, 'RATE_LIMITED');
  expect(accepted).toBeLessThan(LIMIT);
  expect((await charge(other, 'bob')).status).toBe(202);
});

test('refused commands count towards the limit too', async () => {
  const token = await other.tokenFor('eve');
  const send = (path: string, options: object) =>
    other.request('POST', path, { token, ...options });
  const wrong: (() => Promise<Answer>)[] = [
    () => send('/points/charge', { body: { amount: 0 } }),
    () => send('/points/charge', { text: '{' }),
    () => send('/points/charge', { body: { amount: 1 }, headers: { 'Idempotency-Key': '' } }),
    () => send('/concerts/seats/1/book', { queueToken: 'nonsense' }),
    () => send('/concerts', { body: { title: 'Mine' } }),
  ];
  const answers: number[] = [];
  for (let sent = 0; sent < LIMIT; sent += 1) {
    const answer = await (wrong[sent % wrong.length] as () => Promise<Answer>)();
    answers.push(answer.status);
  }
  expect(new Set(answers)).toEqual(new Set([400, 403]));
  for (const command of wrong) expectProblem(await command(), 429, 'RATE_LIMITED');
});

test('reads are not limited', async () => {
  const token = await other.tokenFor('ada');
  for (let reads = 0; reads < 2 * LIMIT; reads += 1) {
    expect((await other.request('GET', '/points', { token })).status).toBe(200);
  }
});
