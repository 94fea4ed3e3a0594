/** The client and an overloaded API: it retries after the demanded delay, and the command takes effect once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal, type Retry, Unreachable } from '../../../src/client/index.ts';
import { collect } from '../../support/collect.ts';
import { userOf } from '../../support/http/sdk.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { thrownBy } from '../../support/thrown-by.ts';
import { waitFor } from '../../support/wait-for.ts';

let seatlane: TestSeatlane;
const start = async (settings: Record<string, string>, workers = 1) => {
  seatlane = await startSeatlane({ settings, workers });
};
const stop = () => seatlane.stop();
/** Each retry must wait at least as long as the API demanded. */
function expectDelays(retries: readonly Retry[], code: string): void {
  expect(retries.length).toBeGreaterThan(0);
  for (const { error, delayMs } of retries) {
    expect(error).toMatchObject({ code });
    const { retryAfterMs } = error as unknown as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThanOrEqual(1000);
    expect(delayMs).toBeGreaterThanOrEqual(retryAfterMs);
  }
}

describe('a full lane', () => {
  beforeAll(() => start({ LANE_LIMIT: '1', USER_LANES: '1' }, 0));
  afterAll(stop);

  test('is retried until it accepts the command', async () => {
    const { base } = seatlane.client;
    const first = userOf(base, 'first').charge(1);
    await waitFor('the lane to be full', async () => {
      const { body } = await seatlane.client.request('GET', '/metrics');
      return /^seatlane_lane_waiting\{lane="user-\d+"\} 1$/m.test(body);
    });
    const retries: Retry[] = [];
    const second = userOf(base, 'second', { onRetry: (retry) => retries.push(retry) }).charge(2);
    await waitFor('the second to be told to wait', () => retries.length > 0);
    await seatlane.addWorker();
    expect(await Promise.all([first, second])).toEqual([{ balance: 1 }, { balance: 2 }]);
    expectDelays(retries, 'LANE_FULL');
  });
});

describe('a user who exceeds the rate limit', () => {
  beforeAll(() => start({ RATE_LIMIT: '3' }));
  afterAll(stop);

  test('is slowed down without losing commands', async () => {
    const retries: Retry[] = [];
    const user = userOf(seatlane.client.base, 'eager', { onRetry: (retry) => retries.push(retry) });
    await Promise.all(Array.from({ length: 5 }, () => user.charge(1)));
    expect(await user.points()).toEqual({ balance: 5 });
    expect(await collect(user.eachPointHistoryLine())).toHaveLength(5);
    expectDelays(retries, 'RATE_LIMITED');
  });

  test('gets an error if retries are disabled', async () => {
    const user = userOf(seatlane.client.base, 'hasty', { retries: 0 });
    const errors = await Promise.all(
      Array.from({ length: 5 }, () => user.charge(1).catch((e) => e)),
    );
    const refused = errors.filter((error) => error instanceof Unreachable);
    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({ tries: 1, cause: { code: 'RATE_LIMITED' } });
  });

  test('can abort while the client waits', async () => {
    const ending = new AbortController();
    const options = { onRetry: () => ending.abort('enough') };
    const user = userOf(seatlane.client.base, 'leaver', options);
    const all = Array.from({ length: 5 }, () => user.charge(1, { signal: ending.signal }));
    const outcomes = await Promise.allSettled(all);
    const left = outcomes.filter((each) => each.status === 'rejected');
    expect(left.length).toBeGreaterThanOrEqual(2);
    expect(left.every(({ reason }) => reason === 'enough')).toBe(true);
  });
});

describe('a full waiting queue', () => {
  beforeAll(() => start({ MAX_WAITING: '1', ADMIT_LIMIT: '1' }));
  afterAll(stop);

  test('refuses finally, and names the time for another command', async () => {
    const { base } = seatlane.client;
    const token = await seatlane.client.tokenFor('operator', 'admin');
    const body = { isPaused: true };
    await seatlane.client.command('POST', '/admin/admission', { token, body });
    await userOf(base, 'first').enterQueue();
    const error = await thrownBy(userOf(base, 'second').enterQueue());
    if (!(error instanceof Refusal)) throw error;
    expect(error.is('QUEUE_FULL')).toBe(true);
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(1000);
  });
});

describe('the waiting queue', () => {
  beforeAll(() => start({ ADMIT_WINDOW_SECONDS: '1' }));
  afterAll(stop);

  test('is polled until the user is admitted, and each poll is reported', async () => {
    const operator = await seatlane.client.tokenFor('operator', 'admin');
    const setAdmission = (body: object) =>
      seatlane.client.command('POST', '/admin/admission', { token: operator, body });
    await setAdmission({ isPaused: true });
    const user = userOf(seatlane.client.base, 'patient');
    expect(await user.enterQueue()).toMatchObject({ state: 'waiting', queueToken: null });
    const positions: number[] = [];
    const turn = user.untilAdmitted({ onEntry: ({ position }) => positions.push(position) });
    await waitFor('a look', () => positions.length > 0);
    await setAdmission({ isPaused: false });
    const place = await turn;
    expect(place).toMatchObject({ state: 'active', position: 0 });
    expect(user.queueToken).toBe(place.queueToken);
    expect([positions[0], positions.at(-1)]).toEqual([1, 0]);
  });

  test('is not polled without an entry, nor after an abort', async () => {
    const operator = await seatlane.client.tokenFor('operator', 'admin');
    const body = { isPaused: true };
    await seatlane.client.command('POST', '/admin/admission', { token: operator, body });
    const user = userOf(seatlane.client.base, 'leaver');
    const nobody = await thrownBy(user.untilAdmitted());
    expect(nobody).toMatchObject({ code: 'QUEUE_ENTRY_NOT_FOUND' });
    await user.enterQueue();
    const ending = new AbortController();
    const onEntry = () => ending.abort('enough');
    expect(await thrownBy(user.untilAdmitted({ onEntry, signal: ending.signal }))).toBe('enough');
  });
});
