/** PostgreSQL in every state in which it does not do what it is asked: what the processes answer, how soon, and how they recover. */
import { expect, test } from 'vitest';
import {
  ANSWER_MS_MAX,
  onBoth,
  RECOVERY_MS_MAX,
  type Seen,
  told,
  useStand,
} from '../../support/faults/states.ts';
import { waitFor } from '../../support/wait-for.ts';

const here = useStand('postgres');

interface State {
  begin(): Promise<unknown> | unknown;
  end(): Promise<unknown> | unknown;
  /** Reads are served, and commands accepted: only writes fail, and they are retried. */
  servesReads?: boolean;
}

const states: Record<string, State> = {
  stopped: {
    begin: () => here.stand.services.stopPostgresImmediately(),
    end: () => here.stand.services.startPostgres(),
  },
  hung: {
    begin: () => here.stand.services.freezePostgres(),
    end: () => here.stand.services.resumePostgres(),
  },
  'out of reach (packets are lost)': {
    begin: () => onBoth(here.stand, 'postgres', (line) => line.hold()),
    end: () => onBoth(here.stand, 'postgres', (line) => line.pass()),
  },
  'refusing connections': {
    begin: () => onBoth(here.stand, 'postgres', (line) => line.refuse()),
    end: () => onBoth(here.stand, 'postgres', (line) => line.pass()),
  },
  'read-only': {
    begin: () => setReadOnly('on'),
    end: () => setReadOnly('off'),
    servesReads: true,
  },
};

async function setReadOnly(value: 'on' | 'off'): Promise<void> {
  await here.stand.services.query(`alter system set default_transaction_read_only = ${value}`);
  await here.stand.services.query('select pg_reload_conf()');
}

function expectAway(seen: Seen): void {
  expect(seen).toMatchObject({
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
    retryAfter: expect.stringMatching(/^\d+$/),
  });
}

test.each(Object.keys(states))('PostgreSQL is %s', async (name) => {
  const { begin, end, servesReads = false } = states[name] as State;
  await begin();
  let accepted: Seen;
  try {
    const [points, withKey, withoutKey] = await Promise.all([
      here.stand.read('/points'),
      here.stand.charge({ 'Idempotency-Key': `away ${name}` }),
      here.stand.charge(),
    ]);
    if (servesReads) expect([points.status, withKey.status]).toEqual([200, 202]);
    else for (const seen of [points, withKey]) expectAway(seen);
    // It waits in its lane: what accepts a command without a key does not need PostgreSQL.
    expect(withoutKey.status).toBe(202);
    accepted = withoutKey;
    await here.stand.untilReadiness('postgres');
    told(`PostgreSQL ${name}`, Math.max(...[points, withKey, withoutKey].map(({ ms }) => ms)));
  } finally {
    await end();
  }
  const recovered = await here.stand.untilServing();
  expect(recovered).toBeLessThan(RECOVERY_MS_MAX);
  await waitFor('the accepted command is carried out', async () => {
    const { body } = await here.stand.read(accepted.location as string);
    return body.state === 'succeeded';
  });
  await here.stand.untilReadiness(undefined);
  told(`PostgreSQL ${name}, over`, recovered);
});

test('the API’s connections to PostgreSQL are half-open, and new ones serve', async () => {
  // More than one connection of the pool is in use.
  await Promise.all(Array.from({ length: 20 }, () => here.stand.read('/points')));
  here.stand.api.postgres.holdOpen();
  const answers = await Promise.all(Array.from({ length: 20 }, () => here.stand.read('/points')));
  for (const seen of answers) if (seen.status !== 200) expectAway(seen);
  const began = performance.now();
  await waitFor('reads are served', async () => (await here.stand.read('/points')).status === 200);
  expect(performance.now() - began).toBeLessThan(ANSWER_MS_MAX);
  expect(await here.stand.untilServing()).toBeLessThan(ANSWER_MS_MAX);
});

test('the worker’s connections to PostgreSQL are half-open, and its lanes go on', async () => {
  here.stand.worker.postgres.holdOpen();
  const recovered = await here.stand.untilServing();
  told('half-open at the worker, over', recovered);
  expect(recovered).toBeLessThan(RECOVERY_MS_MAX * 2);
});

test('PostgreSQL is slow, and everything is served all the same', async () => {
  onBoth(here.stand, 'postgres', (line) => line.slow(50));
  expect((await here.stand.read('/points')).status).toBe(200);
  expect((await here.stand.charge({ Prefer: 'wait=10' })).status).toBe(200);
  await here.stand.untilReadiness(undefined);
});

test('PostgreSQL fails over to a standby that lacks the last transactions, and nobody remembers them', async () => {
  const { services, client } = here.stand;
  await services.stopPostgresImmediately();
  await services.keepPostgres();
  await services.startPostgres();
  await here.stand.untilServing();
  const schedule = await client.schedule();
  const user = await client.admitted('lost');
  const charge = () => client.command('POST', '/points/charge', { ...user, body: { amount: 5 } });
  expect((await charge()).body.result.balance).toBe(5);
  const seats = () => client.request('GET', `/concerts/schedules/${schedule.id}/seats`, user);
  expect((await seats()).status).toBe(200);

  await services.stopPostgresImmediately();
  await services.startPostgresFromCopy();
  await here.stand.untilServing();
  // The place in the queue is gone, the schedule too; the user is made anew by the next command.
  await waitFor(
    'the queue token is not believed any more',
    async () => (await seats()).status === 403,
  );
  expect((await charge()).body.result.balance).toBe(5);
  const again = await client.admitted('lost');
  const path = `/concerts/schedules/${schedule.id}/seats`;
  expect((await client.request('GET', path, again)).status).toBe(404);
});
