/** Redis in every state in which it does not do what it is asked: what the processes answer, how soon, and how they recover. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRedis } from '../../../scripts/services/redis.ts';
import {
  ANSWER_MS_MAX,
  onBoth,
  RECOVERY_MS_MAX,
  type Seen,
  told,
  useStand,
} from '../../support/faults/states.ts';
import { waitFor } from '../../support/wait-for.ts';

const here = useStand('redis');

interface State {
  begin(): Promise<unknown> | unknown;
  end(): Promise<unknown> | unknown;
  /** Redis itself says no, so it is certain that nothing was changed. */
  refuses?: boolean;
}

/** Redis is loading for as long as this takes: it processes events after each key. */
async function loadSlowly(): Promise<void> {
  for (let key = 0; key < 30; key += 1) {
    await here.stand.services.redis('SET', `faults:load:${key}`, 'x'.repeat(5000));
  }
  await here.stand.services.redis('CONFIG', 'SET', 'loading-process-events-interval-bytes', '1024');
  await here.stand.services.redis('CONFIG', 'SET', 'key-load-delay', '200000');
  // Answers when the load is over.
  here.stand.services.redis('DEBUG', 'RELOAD').catch(() => undefined);
  await waitFor('Redis is loading', async () => {
    const error = await here.stand.services.redis('GET', 'x').catch((thrown) => thrown);
    return error instanceof Error && error.message.startsWith('LOADING');
  });
}

/** Snapshots fail because their folder has gone, as on a full disk. */
async function failSnapshots(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'seatlane-gone-'));
  await here.stand.services.redis('CONFIG', 'SET', 'appendonly', 'no');
  await here.stand.services.redis('CONFIG', 'SET', 'dir', folder);
  await rm(folder, { recursive: true });
  await here.stand.services.redis('CONFIG', 'SET', 'save', '3600 1');
  await here.stand.services.redis('BGSAVE').catch(() => undefined);
  await waitFor('Redis refuses writes', async () => {
    const error = await here.stand.services.redis('SET', 'x', 'y').catch((thrown) => thrown);
    return error instanceof Error && error.message.startsWith('MISCONF');
  });
}

const states: Record<string, State> = {
  stopped: {
    begin: () => here.stand.services.stopRedis(),
    end: () => here.stand.services.startRedis(),
  },
  hung: {
    begin: () => here.stand.services.freezeRedis(),
    end: () => here.stand.services.resumeRedis(),
  },
  'out of reach (packets are lost)': {
    begin: () => onBoth(here.stand, 'redis', (line) => line.hold()),
    end: () => onBoth(here.stand, 'redis', (line) => line.pass()),
  },
  'refusing connections': {
    begin: () => onBoth(here.stand, 'redis', (line) => line.refuse()),
    end: () => onBoth(here.stand, 'redis', (line) => line.pass()),
  },
  'out of memory': {
    refuses: true,
    begin: () => here.stand.services.redis('CONFIG', 'SET', 'maxmemory', '1'),
    end: () => here.stand.services.redis('CONFIG', 'SET', 'maxmemory', '0'),
  },
  'out of disk': {
    refuses: true,
    begin: failSnapshots,
    end: async () => {
      await here.stand.services.redis('CONFIG', 'SET', 'save', '');
      await here.stand.services.redis('CONFIG', 'SET', 'dir', tmpdir());
    },
  },
  // The first refusal closes the connection. What else was on its way there may have been accepted.
  'a replica (read-only)': {
    begin: () => here.stand.services.redis('REPLICAOF', '127.0.0.1', '1'),
    end: () => here.stand.services.redis('REPLICAOF', 'NO', 'ONE'),
  },
  'a replica without its master': {
    refuses: true,
    async begin() {
      await here.stand.services.redis('CONFIG', 'SET', 'replica-serve-stale-data', 'no');
      await here.stand.services.redis('REPLICAOF', '127.0.0.1', '1');
    },
    async end() {
      await here.stand.services.redis('REPLICAOF', 'NO', 'ONE');
      await here.stand.services.redis('CONFIG', 'SET', 'replica-serve-stale-data', 'yes');
    },
  },
  'without the replicas that it needs': {
    refuses: true,
    begin: () => here.stand.services.redis('CONFIG', 'SET', 'min-replicas-to-write', '1'),
    end: () => here.stand.services.redis('CONFIG', 'SET', 'min-replicas-to-write', '0'),
  },
};

/** What is answered in every state: retry later, and no more than is known. */
function expectAway(seen: Seen): void {
  expect(seen).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
  expect(['SERVICE_UNAVAILABLE', 'ACCEPTANCE_UNKNOWN']).toContain(seen.code);
  if (seen.code === 'ACCEPTANCE_UNKNOWN') expect(seen.location).toMatch(/^\/jobs\//);
}

async function balance(): Promise<number> {
  const { status, body } = await here.stand.read('/points');
  expect(status).toBe(200);
  return body.balance;
}

test.each(Object.keys(states))('Redis is %s', async (name) => {
  const { begin, end, refuses = false } = states[name] as State;
  const finished = await here.stand.charge({ Prefer: 'wait=5' });
  expect(finished).toMatchObject({ status: 200, body: { state: 'succeeded' } });
  const before = await balance();
  await begin();
  try {
    const answers = await Promise.all([
      here.stand.charge(),
      here.stand.charge({ 'Idempotency-Key': `away ${name}` }),
      here.stand.charge({ Prefer: 'wait=3' }),
    ]);
    for (const seen of answers) expectAway(seen);
    if (refuses) {
      const codes = answers.map(({ code }) => code);
      expect(codes).toEqual(answers.map(() => 'SERVICE_UNAVAILABLE'));
    }
    expect(await balance()).toBe(before);
    // From its receipt in PostgreSQL, if Redis does not give it.
    const { status, body } = await here.stand.read(`/jobs/${finished.body.id}`);
    expect({ status, body }).toEqual({ status: 200, body: finished.body });
    await here.stand.untilReadiness('redis');
    expectAway(await here.stand.charge());
    told(`Redis ${name}`, Math.max(...answers.map(({ ms }) => ms)));
  } finally {
    await end();
  }
  const recovered = await here.stand.untilServing();
  expect(recovered).toBeLessThan(RECOVERY_MS_MAX);
  await here.stand.untilReadiness(undefined);
  told(`Redis ${name}, over`, recovered);
});

test('Redis is loading its data, and commands are taken when it has', async () => {
  await loadSlowly();
  expectAway(await here.stand.charge());
  await here.stand.untilReadiness('redis');
  await here.stand.services.redis('CONFIG', 'SET', 'key-load-delay', '0');
  const recovered = await here.stand.untilServing();
  told('Redis loading, over', recovered);
});

test('the API’s connections to Redis are half-open, and new ones serve', async () => {
  here.stand.api.redis.holdOpen();
  const [first] = await Promise.all([here.stand.charge({ Prefer: 'wait=5' }), here.stand.charge()]);
  expectAway(first as Seen);
  expect(await here.stand.untilServing()).toBeLessThan(ANSWER_MS_MAX);
  await here.stand.untilReadiness(undefined);
});

test('the worker’s connections to Redis are half-open, and its lanes go on', async () => {
  here.stand.worker.redis.holdOpen();
  const recovered = await here.stand.untilServing();
  expect(recovered).toBeLessThan(RECOVERY_MS_MAX);
  told('Redis half-open at the worker', recovered);
});

test('Redis is slow, and everything is served all the same', async () => {
  onBoth(here.stand, 'redis', (line) => line.slow(100));
  const { status } = await here.stand.charge({ Prefer: 'wait=5' });
  expect(status).toBe(200);
  await here.stand.untilReadiness(undefined);
});

test('Redis fails over, and the processes follow to the new master', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seatlane-failover-'));
  const other = await startRedis(folder);
  try {
    onBoth(here.stand, 'redis', (line) => line.leadTo(other.url));
    const { port } = new URL(other.url);
    // The old master lives on as a replica; open connections still lead to it.
    await here.stand.services.redis('REPLICAOF', '127.0.0.1', port);
    const recovered = await here.stand.untilServing();
    expect(recovered).toBeLessThan(RECOVERY_MS_MAX);
    told('Redis failed over', recovered);
    await here.stand.untilReadiness(undefined);
  } finally {
    await here.stand.services.redis('REPLICAOF', 'NO', 'ONE');
    onBoth(here.stand, 'redis', (line) => {
      line.leadTo(here.stand.services.redisUrl);
      line.cut();
    });
    await here.stand.untilServing();
    await other.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
