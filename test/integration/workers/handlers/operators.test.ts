/** Operators’ commands on the queue, through `runBatch`: admission settings and draws. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../support/handler-promises.ts';
import { inHours } from '../../../support/http/client.ts';
import { openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const subject = 'op';
const steer = (input: object) => lane.command('set-admission', { subject, input });
const announce = (concertId: number, opensAt = inHours(2)) =>
  lane.command('announce-draw', { subject, input: { concertId, gathersAt: inHours(-9), opensAt } });

async function aConcert(): Promise<number> {
  const input = { title: 'The Winter Gala', description: null };
  const concert = await lane.result<{ id: number }>(
    lane.command('create-concert', { subject, input }),
  );
  return concert.id;
}

test('set-admission succeeds: omitted values are kept, null resets to the default', async () => {
  await lane.result(steer({ admitLimit: 7, admitWindowSeconds: 20, maxActive: 9 }));
  const kept = await lane.result(steer({ isPaused: true, maxActive: null }));
  expect(kept).toEqual({
    queueId: 1,
    isPaused: true,
    admitLimit: 7,
    admitWindowSeconds: 20,
    maxActive: null,
  });
});

test('set-admission runs twice with one effect', () =>
  expectOneEffect(lane, steer({ maxActive: 5 })));

test('set-admission leaves nothing behind when a statement fails midway', () =>
  expectNothingBehind(lane, steer({ maxActive: 6 }), 'update on waiting_queue'));

test('announce-draw succeeds: the hash is published, the seed stays secret', async () => {
  const concertId = await aConcert();
  const told = await lane.result<{ seedHash: string }>(announce(concertId));
  const [draw] = await lane.rows<{ seed: string; hash: string }>(
    `select seed, encode(sha256(convert_to(seed, 'UTF8')), 'hex') as hash from draw
     where concert_id = ${concertId}`,
  );
  expect(told.seedHash).toBe(draw?.hash);
  expect(JSON.stringify(told)).not.toContain(draw?.seed);
});

test('announce-draw refuses a missing concert, a second draw, and a draw in the past', async () => {
  const concertId = await aConcert();
  await expectRefusal(lane, announce(999_999), { code: 'CONCERT_NOT_FOUND' });
  await expectRefusal(lane, announce(concertId, inHours(-1)), { code: 'DRAW_IN_THE_PAST' });
  await lane.result(announce(concertId));
  await expectRefusal(lane, announce(concertId), { code: 'DRAW_ALREADY_ANNOUNCED' });
});

test('announce-draw runs twice with one effect', async () =>
  expectOneEffect(lane, announce(await aConcert())));

test('announce-draw leaves nothing behind when a statement fails midway', async () =>
  expectNothingBehind(lane, announce(await aConcert()), 'insert on draw'));
