/** The sandbox's events: signed, repeated until they are delivered, and astray where faults say so. */
import { afterEach, expect, test } from 'vitest';
import { AMOUNT, startTestSandbox, type TestSandbox } from '../../../support/sandbox/sandbox.ts';
import { waitFor } from '../../../support/wait-for.ts';

let sandbox: TestSandbox;

afterEach(() => sandbox.stop());

const idsOf = (events: readonly { checkoutId: number }[]) =>
  events.map(({ checkoutId }) => checkoutId);
const arrived = (count: number) =>
  waitFor(`${count} tries of events`, () => sandbox.receiver.tries.length >= count);
/** Pays checkouts one after the other, so that their events have an order. */
async function pay(...checkoutIds: readonly number[]): Promise<void> {
  for (const checkoutId of checkoutIds) await sandbox.client.openPaid({ checkoutId });
}

test('each end of a checkout sends one signed event that repeats the key', async () => {
  sandbox = await startTestSandbox();
  const { client, receiver } = sandbox;
  const paid = await client.open({ key: 'key-1', checkoutId: 1 });
  const failed = await client.open({ key: 'key-2', checkoutId: 2 });
  const expired = await client.open({ key: 'key-3', checkoutId: 3 });
  await client.act(paid.redirectUrl, 'pay');
  await client.act(failed.redirectUrl, 'decline');
  await client.post(`/v1/checkouts/${expired.ref}/expire`);
  await arrived(3);

  const [first] = receiver.tries.filter(({ checkoutId }) => checkoutId === 1);
  expect(first).toEqual({
    id: expect.stringMatching(/^evt_/),
    type: 'checkout.paid',
    key: 'key-1',
    checkoutId: 1,
    ref: paid.ref,
    amount: AMOUNT,
    currency: 'KRW',
    at: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  const types = receiver.tries.map(({ checkoutId, type }) => `${checkoutId} ${type}`);
  expect(types.toSorted()).toEqual(['1 checkout.paid', '2 checkout.failed', '3 checkout.expired']);
  expect(receiver.unsigned).toBe(0);
});

test('an event is retried under the same id, with a valid signature, until it is accepted', async () => {
  sandbox = await startTestSandbox();
  const { receiver, reports } = sandbox;
  receiver.statusOf = (number) => [503, 404, 302][number - 1] ?? 200;
  await pay(1);
  await arrived(4);
  expect(new Set(receiver.tries.map(({ id }) => id)).size).toBe(1);
  expect(receiver.unsigned).toBe(0);
  expect(reports).toHaveLength(3);
  expect(reports[0]).toContain('the receiver answered 503');

  await sandbox.restart();
  await pay(2);
  await arrived(5);
  expect(idsOf(receiver.tries)).toEqual([1, 1, 1, 1, 2]);
});

test('a lost event is never sent, also not after a restart, and the checkout is still found as paid', async () => {
  sandbox = await startTestSandbox({ lostShare: 1 });
  const { receiver } = sandbox;
  const ref = await sandbox.client.openPaid({ checkoutId: 1 });
  expect(await sandbox.client.find(ref)).toMatchObject({ state: 'paid', captured: AMOUNT });

  await sandbox.restart();
  await sandbox.client.post('/v1/faults', {});
  await pay(2);
  await arrived(1);
  expect(idsOf(receiver.tries)).toEqual([2]);
});

test('a repeated event arrives twice under the same id', async () => {
  sandbox = await startTestSandbox({ repeatedShare: 1 });
  await pay(1);
  await arrived(2);
  const [one, other] = sandbox.receiver.tries;
  expect(other).toEqual(one);
});

test('each second reordered event overtakes the one before it', async () => {
  sandbox = await startTestSandbox({ reordered: true }, { overtakeMsMax: 60_000 });
  await pay(1, 2, 3, 4);
  await arrived(4);
  expect(idsOf(sandbox.receiver.tries)).toEqual([2, 1, 4, 3]);
});

test('a reordered event that nothing overtakes is sent all the same', async () => {
  sandbox = await startTestSandbox({ reordered: true }, { overtakeMsMax: 1 });
  await pay(1);
  await arrived(1);
});

test('a delayed event arrives after later ones', async () => {
  sandbox = await startTestSandbox({ delayMsMax: 3_600_000 });
  await pay(1);
  await sandbox.client.post('/v1/faults', {});
  await pay(2);
  await arrived(1);
  expect(idsOf(sandbox.receiver.tries)).toEqual([2]);
});

test('events that are pending at a stop are sent after the next start', async () => {
  sandbox = await startTestSandbox();
  const { receiver } = sandbox;
  receiver.statusOf = () => 503;
  await pay(1, 2, 3);
  await sandbox.restart();
  receiver.tries.length = 0;
  receiver.statusOf = () => 200;
  await waitFor('all events', () => new Set(idsOf(receiver.tries)).size === 3);
});

test('the same seed loses and repeats the same events', async () => {
  const faults = { lostShare: 0.4, repeatedShare: 0.3, seed: 11 };
  const run = async () => {
    sandbox = await startTestSandbox(faults);
    await pay(1, 2, 3, 4, 5, 6, 7, 8);
    // An event after them that no fault touches shows that nothing else is coming.
    await sandbox.client.post('/v1/faults', {});
    await pay(99);
    await waitFor('the last event', () => idsOf(sandbox.receiver.tries).includes(99));
    return idsOf(sandbox.receiver.tries)
      .filter((id) => id !== 99)
      .toSorted();
  };
  const first = await run();
  await sandbox.stop();
  expect(await run()).toEqual(first);
  expect(new Set(first).size).toBeLessThan(8);
});

test('a sandbox that is down refuses everything and sends nothing until it is up', async () => {
  sandbox = await startTestSandbox();
  const { receiver } = sandbox;
  receiver.statusOf = () => 503;
  const ref = await sandbox.client.openPaid();
  const { redirectUrl } = await sandbox.client.open();
  await sandbox.restart({ downMs: 3_600_000 });
  const { client } = sandbox;
  const before = receiver.tries.length;
  receiver.statusOf = () => 200;
  for (const path of [`/v1/checkouts/${ref}`, '/v1/journal', '/none']) {
    expect(await client.get(path)).toMatchObject({ status: 503, body: { code: 'DOWN' } });
  }
  const page = redirectUrl.replace(/^http:\/\/[^/]+/, client.url);
  expect(await client.act(page, 'pay')).toMatchObject({ status: 503 });
  expect(receiver.tries).toHaveLength(before);

  expect(await client.post('/v1/faults', {})).toMatchObject({ status: 200 });
  await arrived(before + 1);
  expect(await client.find(ref)).toMatchObject({ state: 'paid' });
  expect(await client.look(page)).toMatchObject({ status: 200 });
});

test('faults that make no sense are refused, and the former ones stay', async () => {
  sandbox = await startTestSandbox({ lostShare: 1 });
  const { client } = sandbox;
  for (const faults of [{ lostShare: 2 }, { lost: 1 }, { lostShare: 0.6, repeatedShare: 0.6 }]) {
    expect(await client.post('/v1/faults', faults)).toMatchObject({ status: 400 });
  }
  const answer = await client.post('/v1/faults', { lostShare: 0.5 });
  expect(answer.body).toMatchObject({
    lostShare: 0.5,
    repeatedShare: 0,
    reordered: false,
    seed: 1,
  });
});

test('refunds can be refused for good on purpose', async () => {
  sandbox = await startTestSandbox({ refusedRefundShare: 1 });
  const { client } = sandbox;
  const ref = await client.openPaid();
  const body = { ref, amount: 1, refundId: 1 };
  const refused = await client.post('/v1/refunds', body, 'attempt-1');
  expect(refused).toMatchObject({ status: 422, body: { code: 'CARD_CLOSED' } });
  await client.post('/v1/faults', {});
  expect(await client.post('/v1/refunds', body, 'attempt-1')).toEqual(refused);
  expect(await client.post('/v1/refunds', body, 'attempt-2')).toMatchObject({ status: 200 });
});
