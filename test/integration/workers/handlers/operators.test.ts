/** Operators’ commands on the queue, through `runBatch`: admission settings and draws. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isGathering } from '../../../../src/db/reads/queue/draws.ts';
import { db } from '../../../../src/db/statement.ts';
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
const announce = (concertId: number, opensAt = inHours(2), gathersAt = inHours(-9)) =>
  lane.command('announce-draw', { subject, input: { concertId, gathersAt, opensAt } });
const move = (concertId: number, opensAt = inHours(3), gathersAt = inHours(2)) =>
  lane.command('move-draw', { subject, input: { concertId, gathersAt, opensAt } });
const cancel = (concertId: number) =>
  lane.command('cancel-draw', { subject, input: { concertId } });

/** A concert with a draw that does not gather yet. */
async function withDraw(): Promise<number> {
  const concertId = await aConcert();
  await lane.result(announce(concertId, inHours(2), inHours(1)));
  return concertId;
}

/** A concert with a queue of its own, in which no other draw is in the way. */
async function aConcert(): Promise<number> {
  const input = { title: 'The Winter Gala', description: null };
  const concert = await lane.result<{ id: number }>(
    lane.command('create-concert', { subject, input }),
  );
  await lane.queue([concert.id]);
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

test('announce-draw refuses a draw that is more than thirty days ahead', async () =>
  expectRefusal(lane, announce(await aConcert(), inHours(30 * 24 + 1)), {
    code: 'DRAW_TOO_FAR_AHEAD',
  }));

test('move-draw succeeds: the times change, the seed stays', async () => {
  const concertId = await aConcert();
  const told = await lane.result(announce(concertId, inHours(2), inHours(1)));
  const [opensAt, gathersAt] = [inHours(5), inHours(4)];
  expect(await lane.result(move(concertId, opensAt, gathersAt))).toEqual({
    ...told,
    gathersAt,
    opensAt,
  });
  const draws = await lane.rows<{ opensAt: string }>(
    `select to_char(opens_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "opensAt"
     from draw where concert_id = ${concertId}`,
  );
  expect(draws).toEqual([{ opensAt }]);
});

test('move-draw refuses a missing draw, one that has started, and a start of gathering that is over', async () => {
  const concertId = await aConcert();
  await expectRefusal(lane, move(concertId), { code: 'DRAW_NOT_FOUND' });
  await lane.result(announce(concertId));
  await expectRefusal(lane, move(concertId), { code: 'DRAW_ALREADY_GATHERING' });
  await lane.rows(`update draw set opens_at = now() where concert_id = ${concertId}`);
  await expectRefusal(lane, move(concertId), { code: 'DRAW_ALREADY_STARTED' });
});

test('move-draw runs twice with one effect', async () =>
  expectOneEffect(lane, move(await withDraw())));

test('move-draw leaves nothing behind when a statement fails midway', async () =>
  expectNothingBehind(lane, move(await withDraw()), 'update on draw'));

test('cancel-draw succeeds: the admission is open again', async () => {
  const concertId = await aConcert();
  const told = await lane.result<{ queueId: number }>(announce(concertId));
  expect(told).toMatchObject({ cancelledAt: null });
  const cancelled = await lane.result(cancel(concertId));
  expect(cancelled).toEqual({ ...told, cancelledAt: expect.any(String) });
  const [noted] = await lane.rows(
    `select "before", "after" from operator_log where command = 'cancel-draw'`,
  );
  expect(noted).toEqual({ before: told, after: cancelled });
  const [queue] = await lane.rows(
    `select ${isGathering.compile(db).sql} as "isGathering" from waiting_queue where id = ${told.queueId}`,
  );
  expect(queue).toEqual({ isGathering: false });
  await expectRefusal(lane, cancel(concertId), { code: 'DRAW_NOT_FOUND' });
});

test('a draw after one that was cancelled while users gathered has its seed, and later users', async () => {
  const concertId = await aConcert();
  const told = await lane.result<{ seedHash: string }>(announce(concertId));
  await lane.result(cancel(concertId));
  await expectRefusal(lane, announce(concertId), { code: 'DRAW_ALREADY_GATHERING' });
  const later = () => announce(concertId, inHours(2), inHours(1));
  const again = await lane.result<{ seedHash: string }>(later());
  expect(again.seedHash).toBe(told.seedHash);
  await lane.result(cancel(concertId));
  expect(await lane.result(later()), 'it did not gather').toMatchObject({
    seedHash: told.seedHash,
  });
});

test('a draw after one that was cancelled before users gathered has another seed', async () => {
  const concertId = await withDraw();
  const [before] = await lane.rows<{ seedHash: string }>(
    `select seed_hash as "seedHash" from draw where concert_id = ${concertId}`,
  );
  await lane.result(cancel(concertId));
  const again = await lane.result<{ seedHash: string }>(announce(concertId));
  expect(again.seedHash).not.toBe(before?.seedHash);
});

test('the opening of a draw is not settled at the last moment once users gather', async () => {
  const concertId = await aConcert();
  const soon = new Date(Date.now() + 9 * 60_000).toISOString();
  await expectRefusal(lane, announce(concertId, soon), { code: 'DRAW_TOO_SOON' });
  const gathersAt = inHours(-9);
  await lane.result(announce(concertId, inHours(2), gathersAt));
  await expectRefusal(lane, move(concertId, soon, gathersAt), { code: 'DRAW_TOO_SOON' });
});

test('cancel-draw refuses a draw that has started', async () => {
  const concertId = await withDraw();
  await lane.rows(`update draw set gathers_at = now() - interval '1 minute', opens_at = now()
    where concert_id = ${concertId}`);
  await expectRefusal(lane, cancel(concertId), { code: 'DRAW_ALREADY_STARTED' });
});

test('cancel-draw runs twice with one effect', async () =>
  expectOneEffect(lane, cancel(await withDraw())));

test('cancel-draw leaves nothing behind when a statement fails midway', async () =>
  expectNothingBehind(lane, cancel(await withDraw()), 'update on draw'));

test('a draw is announced, cancelled and announced again in one batch', async () => {
  const concertId = await aConcert();
  const ahead = () => announce(concertId, inHours(2), inHours(1));
  const commands = [ahead(), cancel(concertId), ahead(), cancel(concertId)];
  const finished = await lane.run(...commands, ahead());
  expect(finished.map(({ outcome }) => outcome.state)).toEqual(Array(5).fill('succeeded'));
  await lane.run(cancel(concertId), ahead());
  const draws = await lane.rows(
    `select cancelled_at is null as "isOpen" from draw where concert_id = ${concertId} order by id`,
  );
  expect(draws.map(({ isOpen }: { isOpen?: boolean }) => isOpen)).toEqual([
    false,
    false,
    false,
    true,
  ]);
});
