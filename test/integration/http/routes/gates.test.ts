/** Gates over HTTP: what the token of a gate opens, where it is kept, and who reads the scans that were refused too late. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { signToken } from '../../../support/http/tokens.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let scheduleId: number;
let otherScheduleId: number;
let operator: string;
beforeAll(async () => {
  seatlane = await startSeatlane();
  ({ id: scheduleId } = await seatlane.client.schedule());
  ({ id: otherScheduleId } = await seatlane.client.schedule());
  operator = await seatlane.client.tokenFor('operator', 'admin');
});
afterAll(() => seatlane.stop());

const open = (gate: string, { token = operator, headers = {}, at = scheduleId } = {}) =>
  seatlane.client.command('POST', '/admin/gate-sessions', {
    token,
    headers,
    body: { scheduleId: at, gate },
  });
const get = (path: string, token: string): Promise<Answer> =>
  seatlane.client.request('GET', path, { token });
const draw = (text: string, token = operator) =>
  seatlane.client.request('POST', '/admin/qr.svg', { token, body: { text } });
const payloadOf = (token: string) =>
  JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString());

describe('the token of a gate', () => {
  test('has the role, the performance, and a subject that stays the same', async () => {
    const { body } = await open('  North   2 ');
    expect(body.result).toMatchObject({ scheduleId, gate: 'North 2', expiresIn: 43_200 });
    const first = payloadOf(body.result.accessToken);
    const subject = `gate:${scheduleId}:North 2`;
    expect(first).toMatchObject({ sub: subject, role: 'gate', schedule: scheduleId });
    expect(first.exp - first.iat).toBe(43_200);
    const { body: again } = await open('North 2');
    expect(payloadOf(again.result.accessToken)).toMatchObject({ sub: subject });
  });

  test('is not issued to its operator any more who has lost the role', async () => {
    const { body } = await open('North 2');
    const token = await seatlane.client.tokenFor('operator');
    const expected = { ...body.result, accessToken: null };
    for (const lost of ['tokenType', 'expiresIn']) delete expected[lost];
    const { status, body: job } = await get(`/jobs/${body.id}`, token);
    expect({ status, result: job.result }).toEqual({ status: 200, result: expected });
    const { body: events } = await get(`/jobs/${body.id}/events`, token);
    expect(String(events)).not.toContain('tokenType');
  });

  test('counts at its own performance, and is refused at another one and by operators’ routes', async () => {
    const { body } = await open('North 2');
    const token = body.result.accessToken;
    const counts = (id: number) => get(`/concerts/schedules/${id}/check-ins`, token);
    expect((await counts(scheduleId)).status).toBe(200);
    expectProblem(await counts(otherScheduleId), 403, 'FORBIDDEN');
    const elsewhere = await seatlane.client.command(
      'POST',
      `/concerts/schedules/${otherScheduleId}/check-ins`,
      { token, body: { code: 'any', gate: 'North 2' } },
    );
    expectProblem(elsewhere, 403, 'FORBIDDEN');
    expectProblem(await get('/admin/log', token), 403, 'FORBIDDEN');
    // It buys nothing either: whoever has photographed it could otherwise hold places.
    const entering = await seatlane.client.command('POST', '/users/queue', { token });
    expectProblem(entering, 403, 'FORBIDDEN');
    const asAdmin = await signToken({ claims: { role: 'admin', schedule: otherScheduleId } });
    const path = `/concerts/schedules/${scheduleId}/check-ins`;
    expectProblem(await get(path, asAdmin), 403, 'FORBIDDEN');
  });

  test('is in no receipt and no line of the log, but each reading of the job issues one', async () => {
    const headers = { 'Idempotency-Key': 'the south gate' };
    const { body: job } = await open('South 1', { headers });
    const { body: retried } = await open('South 1', { headers });
    expect(retried.id).toBe(job.id);
    const { body: read } = await get(`/jobs/${job.id}`, operator);
    expect(read.result).toMatchObject({ gate: 'South 1', accessToken: expect.any(String) });
    const [line] = (await get('/admin/log?limit=1', operator)).body.items;
    expect(line).toMatchObject({ command: 'open-gate', subject: 'operator', jobId: job.id });
    expect(line.after).toEqual({ scheduleId, gate: 'South 1' });
    const receipts = await seatlane.rows<{ text: string }>(
      `select r::text as text from command_receipt r where command = 'open-gate'`,
    );
    expect(receipts.length).toBeGreaterThan(0);
    for (const { text } of receipts) expect(text).not.toContain('eyJ');
  });
});

describe('a gate is not opened', () => {
  test.each([
    ['a buyer', {}],
    ['a gate', { role: 'gate' }],
  ])('by %s, who reads no refused scans and draws no code either', async (_who, claims) => {
    const token = await signToken({ claims });
    expectProblem(await open('North 2', { token }), 403, 'FORBIDDEN');
    expectProblem(await draw('a text', token), 403, 'FORBIDDEN');
    const path = `/concerts/schedules/${scheduleId}/refused-scans`;
    expectProblem(await get(path, token), 403, 'FORBIDDEN');
  });

  test('for a schedule that does not exist or is cancelled, or without a name', async () => {
    expectProblem(await open('North 2', { at: 999_999 }), 404, 'SCHEDULE_NOT_FOUND');
    const { id } = await seatlane.client.schedule();
    const body = { reason: 'Rain' };
    const path = `/concerts/schedules/${id}/cancel`;
    await seatlane.client.command('POST', path, { token: operator, body });
    expectProblem(await open('North 2', { at: id }), 409, 'SCHEDULE_CANCELLED');
    expectProblem(await open(' '), 400, 'VALIDATION_FAILED');
    expectProblem(await open('x'.repeat(61)), 400, 'VALIDATION_FAILED');
  });
});

describe('the refused scans of a performance', () => {
  test('come in pages, newest first, and only of that performance', async () => {
    const token = await seatlane.client.tokenFor('the gate', 'gate');
    const [user] = await seatlane.rows<{ id: string }>(`select id from app_user limit 1`);
    for (const [index, schedule] of [scheduleId, otherScheduleId, scheduleId].entries()) {
      await seatlane.rows(`insert into refused_scan
        (schedule_id, ticket_id, gate, user_id, job_id, reason, scanned_at, at)
        values (${schedule}, ${900 + index}, 'North 2', ${user?.id}, 'job ${index}', 'TICKET_REVOKED', now(), now())`);
    }
    const path = `/concerts/schedules/${scheduleId}/refused-scans?limit=1`;
    const { body: first } = await get(path, operator);
    expect(first.items).toMatchObject([{ ticketId: 902, orderId: null, usedGate: null }]);
    const { body: next } = await get(`${path}&cursor=${first.nextCursor}`, operator);
    expect(next).toMatchObject({ items: [{ ticketId: 900 }], nextCursor: null });
    expectProblem(await get(`${path}&cursor=x`, operator), 400, 'VALIDATION_FAILED');
    expectProblem(await get(path, token), 403, 'FORBIDDEN');
    // The audit after all tests would find no commands behind these rows.
    await seatlane.rows(`delete from refused_scan where job_id like 'job %'`);
  });
});

test('a text is drawn as a QR code unless it has too many bytes', async () => {
  const { status, headers, body } = await draw('http://localhost/gate#token=abc');
  expect([status, headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
  expect(body).toMatch(/^<svg .*<\/svg>$/);
  expect((await draw('가'.repeat(777))).status).toBe(200);
  for (const text of ['', '가'.repeat(778), 'x'.repeat(2001)]) {
    expectProblem(await draw(text), 400, 'VALIDATION_FAILED');
  }
});
