/** Changed lane counts: the guarantees given under the old counts still hold. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../src/db/connection/orm.ts';
import { LaneCountsDiffer, NotMigrated } from '../../../src/db/lanes/counts.ts';
import { expectProblem } from '../../support/http/problems.ts';
import { cloneServices } from '../../support/services/database.ts';
import { databaseRows } from '../../support/services/rows.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

/** Enough users that some change their lane. */
const SUBJECTS = Array.from({ length: 12 }, (_, index) => `user ${index}`);

let seatlane: TestSeatlane;
let jobIds: string[];

const charge = async ({ client }: TestSeatlane, subject: string, amount = 5) =>
  client.command('POST', '/points/charge', {
    token: await client.tokenFor(subject),
    body: { amount },
    headers: { 'Idempotency-Key': 'once' },
  });

beforeAll(async () => {
  const before = await startSeatlane({ settings: { USER_LANES: '8' } });
  const answers = await Promise.all(SUBJECTS.map((subject) => charge(before, subject)));
  jobIds = answers.map(({ body }) => body.id);
  await before.stop();
  const { services } = before;
  seatlane = await startSeatlane({ services, settings: { USER_LANES: '2' } });
});
afterAll(() => seatlane.stop());

test('a retry never takes effect a second time', async () => {
  for (const subject of SUBJECTS) await charge(seatlane, subject);
  const found = await seatlane.rows(`select distinct balance::int from points`);
  expect(found).toEqual([{ balance: 5 }]);
});

test('a retry with the same key is the same job', async () => {
  const answers = await Promise.all(SUBJECTS.map((subject) => charge(seatlane, subject)));
  expect(answers.map(({ body }) => body.id)).toEqual(jobIds);
});

test('a retry that does not wait returns its job in a lane that is no longer in use', async () => {
  const { client } = seatlane;
  for (const [index, subject] of SUBJECTS.entries()) {
    const { status, body } = await client.request('POST', '/points/charge', {
      token: await client.tokenFor(subject),
      body: { amount: 5 },
      headers: { 'Idempotency-Key': 'once' },
    });
    expect([status, body.id]).toEqual([202, jobIds[index]]);
  }
});

test('a job is still found by its id and by its key', async () => {
  for (const [index, subject] of SUBJECTS.entries()) {
    const token = await seatlane.client.tokenFor(subject);
    for (const path of [`/jobs/${jobIds[index]}`, '/jobs?idempotencyKey=once']) {
      const { body } = await seatlane.client.request('GET', path, { token });
      expect(body.id).toBe(jobIds[index]);
    }
  }
});

test('another request with the same key is still refused', async () => {
  for (const subject of SUBJECTS) {
    expectProblem(await charge(seatlane, subject, 6), 422, 'IDEMPOTENCY_KEY_REUSED');
  }
});

test('a process with different counts does not start while workers own the lanes', async () => {
  const { services } = seatlane;
  const starting = startSeatlane({ services, settings: { USER_LANES: '4' }, workers: 0 });
  await expect(starting).rejects.toThrow(LaneCountsDiffer);
});

test('a database without tables fails the start with a clear error', async () => {
  const services = await cloneServices();
  const settings = { connectionsMax: 1, applicationName: 'test' };
  const orm = await openDatabase({ ...services, ...settings });
  const rows = databaseRows(orm);
  await rows('alter table lane rename to elsewhere');
  const starting = startSeatlane({ services });
  await expect(starting).rejects.toThrow(NotMigrated);
  await expect(starting).rejects.toThrow(/npm run migrate/);
  await rows('alter table elsewhere rename to lane');
  await orm.close();
});
