/** The timer that has providers asked what became of checkouts. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CheckoutFields, PaymentScene } from '../../../support/sandbox/payment-scene.ts';

let scene: PaymentScene;
beforeAll(async () => {
  scene = await PaymentScene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene.stop());

const RECONCILE_SECONDS = 60;
const look = () => scene.look(RECONCILE_SECONDS * 1000);
const DUE = 'now()';

let refs = 0;
const due = (fields: CheckoutFields = {}) => {
  refs += 1;
  return scene.checkout({ ref: `chk_${refs}`, lookAt: DUE, ...fields });
};

/** After how many seconds a checkout is looked at again, from the look that has owed its call. */
async function nextLook(id: number): Promise<number> {
  const [row] = await scene.lane.rows<{ seconds: number }>(
    `select round(extract(epoch from look_at - outbox_call.created_at))::int as seconds
     from checkout join outbox_call on checkout_id = checkout.id where checkout.id = ${id}`,
  );
  return row?.seconds ?? Number.NaN;
}

const calls = () =>
  scene.lane.rows<{ checkout: number; is_due: boolean }>(
    `select checkout_id::int as checkout, next_at <= now() as is_due from outbox_call
     where kind = 'look' order by id`,
  );

test('a due checkout is asked about once, by whatever number of processes', async () => {
  const { id } = await due();
  await due({ lookAt: `now() + interval '1 min'` });
  await due({ state: 'failed' });
  const counts = await Promise.all([look(), look(), look()]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(await calls()).toEqual([{ checkout: id, is_due: true }]);
});

test('before its end a checkout is looked at after longer and longer times, and exactly at its end', async () => {
  const { id } = await due({ expiresAt: `now() + interval '10 min'` });
  const times: number[] = [];
  for (let looks = 0; looks < 4; looks += 1) {
    await look();
    times.push(await nextLook(id));
    await scene.lane.rows('delete from outbox_call');
    await scene.lane.rows(`update checkout set look_at = now() where id = ${id}`);
  }
  expect(times.slice(0, 3)).toEqual([120, 240, 480]);
  await look();
  expect(
    await scene.lane.rows(
      `select look_at = expires_at as is_end, looks from checkout where id = ${id}`,
    ),
  ).toEqual([{ is_end: true, looks: 5 }]);
});

test.each([
  [0, 60],
  [60, 60],
  [120, 120],
  [600, 600],
  [86_400, 1800],
])('a checkout that has been over for %i s is looked at again after %i s', async (over, next) => {
  const { id } = await due({ expiresAt: `now() - interval '${over} s'` });
  await look();
  const seconds = await nextLook(id);
  expect(Math.abs(seconds - next)).toBeLessThanOrEqual(5);
});

test('checkouts that are over come first', async () => {
  await due();
  await scene.lane.rows(`insert into checkout (user_id, provider, amount, currency, state, return_url, provider_ref,
      expires_at, look_at, created_at, job_id)
    select user_id, provider, amount, currency, state, return_url, 'many ' || n, expires_at,
      now() - interval '1 hour', created_at, job_id || n
    from checkout, generate_series(1, 500) as n`);
  const over = await due({ expiresAt: `now() - interval '1 s'` });
  expect(await look()).toBe(500);
  expect((await calls()).map(({ checkout }) => checkout)).toContain(over.id);
  expect(await look()).toBe(2);
  expect(await look()).toBe(0);
});

test('a checkout that is being settled is left to the next run', async () => {
  const { id } = await due();
  const free = await scene.lane.lock(`select 1 from checkout where id = ${id} for update`);
  expect(await look()).toBe(0);
  await free();
  expect(await look()).toBe(1);
});

test('a look that is owed already is made due, and is owed once', async () => {
  const { id } = await due();
  await scene.owe('look', id);
  await scene.lane.rows(`update outbox_call set next_at = now() + interval '1 min', offers = 3`);
  await look();
  expect(await calls()).toEqual([{ checkout: id, is_due: true }]);
});

test('a checkout without a reference is asked about as soon as it has one', async () => {
  const { id } = await due({ state: 'opening', ref: null });
  expect(await look()).toBe(0);
  await scene.lane.rows(`update checkout set state = 'open', provider_ref = 'chk_late'`);
  expect(await look()).toBe(1);
  expect(await calls()).toEqual([{ checkout: id, is_due: true }]);
});

test('a checkout whose page was never opened has its call again at its end, if that was lost', async () => {
  const expiresAt = `now() - interval '1 s'`;
  const { id } = await due({ state: 'opening', ref: null, expiresAt });
  expect(await look()).toBe(1);
  const owed = () =>
    scene.lane.rows(
      `select kind, checkout_id::int as id, next_at <= now() as is_due from outbox_call`,
    );
  expect(await owed()).toEqual([{ kind: 'open', id, is_due: true }]);
  await scene.lane.rows(`update checkout set look_at = now() where id = ${id}`);
  expect(await look()).toBe(1);
  expect(await owed()).toHaveLength(1);
  scene.start();
  await scene.offer();
  expect((await scene.answer()).accepted.input).toMatchObject({ answer: { kind: 'over' } });
});
