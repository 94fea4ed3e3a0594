/** The shared limits of all receivers: waiting messages, and the rate of postponed ones. */
import { expect, test } from 'vitest';
import { SENDING_MAX } from '../../../../../workers/outbox/webhooks/receiver.ts';
import { Receivers } from '../../../../../workers/outbox/webhooks/receivers.ts';

const PAUSE_MS = 5000;
const ROOM = 100;

/** A receiver that has responded within `ms`, and has all request slots in use. */
function aBusyReceiver(receivers: Receivers, webhookId: number, ms = 1) {
  const receiver = receivers.of(webhookId);
  for (let times = 0; times < 50; times += 1) {
    void receiver.enter(0);
    receiver.succeeded(ms);
  }
  const enter = (count: number) => Array.from({ length: count }, () => receiver.enter(0));
  enter(SENDING_MAX);
  return { receiver, enter };
}

test('the number of waiting messages of all receivers is limited', () => {
  const receivers = new Receivers(PAUSE_MS, ROOM);
  const busy = Array.from({ length: 5 }, (_, place) => aBusyReceiver(receivers, place));
  for (const { enter } of busy) void enter(ROOM);
  const held = busy.map(({ receiver }) => receiver.heldCount);
  expect(held.reduce((sum, count) => sum + count)).toBe(ROOM);
});

test('a receiver that uses all capacity yields to others until all have equal shares', async () => {
  const receivers = new Receivers(PAUSE_MS, ROOM);
  const [greedy, modest] = [aBusyReceiver(receivers, 1), aBusyReceiver(receivers, 2)];
  const [oldest] = greedy.enter(ROOM);
  const newest = greedy.receiver.enter(0);
  expect(newest, 'there is no room').toBeTypeOf('number');
  void modest.enter(ROOM);
  expect(greedy.receiver.heldCount).toBe(ROOM / 2);
  expect(modest.receiver.heldCount).toBe(ROOM / 2);
  greedy.receiver.succeeded(1);
  expect(await oldest, 'the oldest goes first').toBe(0);
});

test('capacity is free again after messages are sent or postponed', () => {
  const receivers = new Receivers(PAUSE_MS, ROOM);
  const [first, second] = [aBusyReceiver(receivers, 1), aBusyReceiver(receivers, 2)];
  void first.enter(ROOM);
  for (let times = 0; times < 10; times += 1) first.receiver.succeeded(1);
  receivers.letGo();
  void second.enter(ROOM);
  expect(second.receiver.heldCount).toBe(ROOM);
});

test('the messages of all slow receivers return at one shared rate', () => {
  const COUNT = 10;
  const EACH = 1000;
  const receivers = new Receivers(PAUSE_MS, 0);
  const slow = Array.from({ length: COUNT }, (_, place) => aBusyReceiver(receivers, place, 4000));
  const turns = Array.from({ length: EACH }, () => slow.map(({ enter }) => Number(enter(1)[0])));
  const sorted = turns.flat().toSorted((one, other) => one - other);
  const perSecond = Map.groupBy(sorted, (ms) => Math.floor(ms / 1000));
  const most = Math.max(...[...perSecond.values()].map((each) => each.length));
  expect(most).toBeLessThanOrEqual(400);
});
