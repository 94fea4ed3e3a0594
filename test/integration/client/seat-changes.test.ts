/** The client's stream of seat changes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SeatChange, SeatlaneOperator } from '../../../src/client/index.ts';
import { admittedOf, userOf } from '../../support/http/sdk.ts';
import { type BreakingProxy, startBreakingProxy } from '../../support/network/breaking-proxy.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';

let seatlane: TestSeatlane;
let proxy: BreakingProxy;
let buyer: SeatlaneOperator;
beforeAll(async () => {
  seatlane = await startSeatlane();
  proxy = await startBreakingProxy(seatlane.client.base);
  buyer = await admittedOf(seatlane.client.base, 'buyer');
});
afterAll(async () => {
  await proxy.stop();
  await seatlane.stop();
});

/** Watches the seats until the signal is aborted. */
function watch(user: SeatlaneOperator, scheduleId: number) {
  const ending = new AbortController();
  const told: SeatChange[][] = [];
  const live: boolean[] = [];
  const { signal } = ending;
  const over = (async () => {
    const onLive = (isLive: boolean) => live.push(isLive);
    for await (const changes of user.seatChanges(scheduleId, { signal, onLive }))
      told.push(changes);
  })().catch((error) => error);
  const tells = (change: SeatChange) =>
    waitFor(`seat ${change.seatId} to be ${change.state}`, () =>
      told.flat().some(({ seatId, state }) => seatId === change.seatId && state === change.state),
    );
  return { told, live, over, tells, abort: (reason: unknown) => ending.abort(reason) };
}

test('the stream starts with all seats, and then yields each change, also those during a disconnect', async () => {
  const { id, seats } = await seatlane.client.schedule();
  const [first = 0, second = 0, third = 0] = seats.map((seat) => seat.id);
  const looker = await admittedOf(proxy.base, 'looker');
  const { told, live, over, tells, abort } = watch(looker, id);
  await waitFor('all seats', () => told.length === 1);
  expect(told[0]).toEqual(seats.map((seat) => ({ seatId: seat.id, state: 'available' })));
  await buyer.book(first);
  await tells({ seatId: first, state: 'held' });

  proxy.cut();
  await waitFor('the broken line to be noticed', () => live.includes(false));
  await buyer.book(second);
  await tells({ seatId: second, state: 'held' });
  await buyer.book(third);
  await tells({ seatId: third, state: 'held' });
  const changes = told.slice(1).flat();
  expect(changes).toEqual([first, second, third].map((seatId) => ({ seatId, state: 'held' })));
  expect([live[0], live.at(-1)]).toEqual([true, true]);

  abort('enough');
  expect(await over).toBe('enough');
});

test('with known seat ids the seats are not read first', async () => {
  const { id, seats } = await seatlane.client.schedule();
  const read: string[] = [];
  const looker = await admittedOf(seatlane.client.base, 'knower', {
    fetch: (url, init) => {
      read.push(new URL(url).pathname);
      return fetch(url, init);
    },
  });
  const seatIds = seats.map((seat) => seat.id);
  for await (const changes of looker.seatChanges(id, { seatIds })) {
    expect(changes).toHaveLength(seats.length);
    break;
  }
  expect(read).not.toContain(`/concerts/schedules/${id}/seats`);
});

test('a stream without a queue token, or of an unknown schedule, throws at once', async () => {
  const outsider = userOf(seatlane.client.base, 'outsider');
  await expect(outsider.seatChanges(1).next()).rejects.toMatchObject({
    code: 'QUEUE_TOKEN_REQUIRED',
  });
  await expect(buyer.seatChanges(999_999).next()).rejects.toMatchObject({
    code: 'SCHEDULE_NOT_FOUND',
  });
});
