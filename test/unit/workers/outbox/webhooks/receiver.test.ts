/** How many concurrent requests a receiver gets, and when it is paused. */
import { beforeEach, expect, test } from 'vitest';
import { type Receiver, SENDING_MAX } from '../../../../../workers/outbox/webhooks/receiver.ts';
import { Receivers } from '../../../../../workers/outbox/webhooks/receivers.ts';

const PAUSE_MS = 5000;
let receiver: Receiver;
beforeEach(() => {
  receiver = new Receivers(PAUSE_MS).of(1);
});

const enterAll = (count: number, now = 0) =>
  Array.from({ length: count }, () => receiver.enter(now));
const fail = (count: number, now: number) => {
  for (let times = 0; times < count; times += 1) receiver.failed(now, 1);
};

test('ten requests run concurrently; no message waits for a receiver that has not responded yet', () => {
  expect(enterAll(SENDING_MAX)).toEqual(Array(SENDING_MAX).fill(0));
  expect(receiver.enter(0)).toBeGreaterThan(0);
});

test('messages wait for a responding receiver, and the first is sent when a request ends', async () => {
  void receiver.enter(0);
  receiver.succeeded(1);
  enterAll(SENDING_MAX);
  const order: number[] = [];
  const held = [1, 2].map(async (place) => {
    expect(await receiver.enter(0)).toBe(0);
    order.push(place);
  });
  receiver.succeeded(1);
  receiver.withdrawn();
  await Promise.all(held);
  expect(order).toEqual([1, 2]);
});

test('at most two hundred messages wait', () => {
  void receiver.enter(0);
  receiver.succeeded(1);
  enterAll(SENDING_MAX + 200);
  expect(receiver.enter(0)).toBeTypeOf('number');
});

test('after five consecutive failures it is paused, and its waiting messages are postponed', async () => {
  void receiver.enter(0);
  receiver.succeeded(1);
  enterAll(SENDING_MAX);
  const held = enterAll(6);
  fail(5, 100);
  expect(await Promise.all(held)).toEqual([0, 0, 0, 0, PAUSE_MS, PAUSE_MS]);
  expect(receiver.enter(100)).toBeGreaterThanOrEqual(PAUSE_MS);
});

test('after a pause one message is tried; each pause is twice as long, up to a minute', () => {
  enterAll(5);
  fail(5, 0);
  let now = 0;
  for (const pause of [5000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
    expect(receiver.enter(now + pause - 1)).toBeGreaterThan(0);
    now += pause;
    expect(receiver.enter(now)).toBe(0);
    expect(receiver.enter(now)).toBeGreaterThan(0);
    receiver.failed(now, 1);
  }
});

test('a success ends the trial', () => {
  enterAll(5);
  fail(5, 0);
  void receiver.enter(PAUSE_MS);
  receiver.succeeded(1);
  expect(enterAll(SENDING_MAX, PAUSE_MS)).toEqual(Array(SENDING_MAX).fill(0));
});

test('postponed messages return one after another, as fast as the receiver can take them', () => {
  enterAll(SENDING_MAX);
  const turns = enterAll(10_000).map(Number);
  expect(turns).toEqual(turns.toSorted((one, other) => one - other));
  expect(turns[1]).toBeGreaterThan(turns[0] as number);
  // A request takes 5 ms as long as none has ended.
  expect(turns.at(-1)).toBeCloseTo(100 + (9999 * 5) / SENDING_MAX);
});

test('waiting messages can be postponed', async () => {
  void receiver.enter(0);
  receiver.succeeded(1);
  enterAll(SENDING_MAX);
  const held = receiver.enter(0);
  receiver.letGo();
  expect(await held).toBe(1);
});
