/** The required form of requests; malformed requests change nothing. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { effects } from '../../support/effects.ts';
import { type AdmittedUser, inHours, scheduleBody } from '../../support/http/client.ts';
import { expectProblem } from '../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let ada: AdmittedUser;
let admin: string;
let before: Record<string, string[]>;
beforeAll(async () => {
  seatlane = await startSeatlane();
  await seatlane.client.schedule();
  ada = await seatlane.client.admitted('ada');
  admin = await seatlane.client.tokenFor('operator', 'admin');
});
afterAll(() => seatlane.stop());
beforeEach(async () => {
  before = await effects(seatlane.rows);
});
afterEach(async () => {
  expect(await effects(seatlane.rows)).toEqual(before);
});

const charge = (text: string, headers: Record<string, string> = {}) =>
  seatlane.client.command('POST', '/points/charge', { token: ada.token, text, headers });

describe('a body that cannot be read', () => {
  test.each([
    ['{'],
    ['{"amount": 5,}'],
    ["{'amount': 5}"],
    ['amount=5'],
    ['{"amount": 05}'],
    ['{"amount": NaN}'],
    ['{"amount": 5} {"amount": 5}'],
    ['\u0000'],
  ])('the body %j is not JSON', async (text) => {
    expectProblem(await charge(text), 400, 'MALFORMED_JSON');
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'multipart/form-data; boundary=x',
    'text/json',
  ])('the content type %s is not accepted', async (type) => {
    const answer = await charge('{"amount": 5}', { 'Content-Type': type });
    expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test('a compressed body is not accepted', async () => {
    const answer = await charge('{"amount": 5}', { 'Content-Encoding': 'gzip' });
    expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
    const plain = await charge('{"amount": 0}', { 'Content-Encoding': 'identity' });
    expectProblem(plain, 400, 'VALIDATION_FAILED');
  });

  const padded = (bytes: number) => `{"amount": 0${' '.repeat(bytes - 13)}}`;

  test('a body can have 16 KiB; one more byte is too large', async () => {
    expectProblem(await charge(padded(16 * 1024)), 400, 'VALIDATION_FAILED');
    expectProblem(await charge(padded(16 * 1024 + 1)), 413, 'BODY_TOO_LARGE');
  });

  test('a schedule can have 512 KiB; one more byte is too large', async () => {
    const send = (text: string) =>
      seatlane.client.command('POST', '/concerts/1/schedules', { token: admin, text });
    expectProblem(await send(padded(512 * 1024)), 400, 'VALIDATION_FAILED');
    expectProblem(await send(padded(512 * 1024 + 1)), 413, 'BODY_TOO_LARGE');
  });

  test('the largest valid inputs fit into the body limits', async () => {
    const title = 'Long';
    const description = '\\ud83d\\ude00'.repeat(10_001);
    const concert = await seatlane.client.command('POST', '/concerts', {
      token: admin,
      text: `{"title": "${title}", "description": "${description}"}`,
    });
    expect(concert.body.errors).toMatchObject([{ path: 'description' }]);
    const seatIds = Array.from({ length: 1000 }, (_, n) => Number.MAX_SAFE_INTEGER - n);
    const released = await seatlane.client.command('POST', '/concerts/seats/release', {
      token: admin,
      body: { seatIds },
    });
    expectProblem(released, 404, 'SEAT_NOT_FOUND');
  });

  test('a body without a declared length is refused as soon as it is too large', async () => {
    const chunk = new TextEncoder().encode(' '.repeat(64 * 1024));
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1;
        if (sent > 100) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const headers = { Authorization: `Bearer ${ada.token}`, 'Content-Type': 'application/json' };
    const init = { method: 'POST', headers, body, duplex: 'half' as const };
    const response = await fetch(`${seatlane.client.base}/points/charge`, init);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  test('deeply nested brackets are refused like any other invalid body', async () => {
    const text = '['.repeat(250_000) + ']'.repeat(250_000);
    const path = '/concerts/1/schedules';
    const answer = await seatlane.client.command('POST', path, { token: admin, text });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body.errors).toMatchObject([{ path: '' }]);
  });

  test('a body of 50,000 unknown fields is refused with ten errors', async () => {
    const fields = Array.from({ length: 50_000 }, (_, n) => `"${n}":0`);
    const answer = await seatlane.client.command('POST', '/concerts/1/schedules', {
      token: admin,
      text: `{${fields}}`,
    });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body.errors).toHaveLength(10);
  });
});

describe('a body with wrong fields', () => {
  test.each([
    ['{}', 'amount'],
    ['', 'amount'],
    ['null', 'amount'],
    ['{"amount": null}', 'amount'],
    ['{"amount": "5"}', 'amount'],
    ['{"amount": true}', 'amount'],
    ['{"amount": [5]}', 'amount'],
    ['{"amount": {}}', 'amount'],
    ['{"amount": 0}', 'amount'],
    ['{"amount": -1}', 'amount'],
    ['{"amount": 0.5}', 'amount'],
    ['{"amount": 10000001}', 'amount'],
    ['{"amount": 99999999999999999999}', 'amount'],
    ['{"amount": 1e400}', 'amount'],
    ['{"amount": -1e400}', 'amount'],
    ['{"amount": 5, "userId": 1}', 'userId'],
    ['{"amount": 5, "constructor": 1}', 'constructor'],
    ['{"amount": 5, "__proto__": {}}', '__proto__'],
    ['[]', ''],
    ['5', ''],
    ['"amount"', ''],
  ])('%s is invalid', async (text, path) => {
    const answer = await charge(text);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
    for (const { message } of answer.body.errors) expect(message).toMatch(/./);
  });

  test('the response names several errors at once', async () => {
    const body = { title: '', description: 5, colour: 'red' };
    const answer = await seatlane.client.command('POST', '/concerts', { token: admin, body });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    const paths = answer.body.errors.map((error: { path: string }) => error.path);
    expect(paths.toSorted()).toEqual(['colour', 'description', 'title']);
  });

  test('routes without a body refuse fields', async () => {
    const { client } = seatlane;
    const body = { number: 1 };
    const entered = await client.command('POST', '/users/queue', { token: ada.token, body });
    expectProblem(entered, 400, 'VALIDATION_FAILED');
    const left = await client.command('DELETE', '/users/queue', { token: ada.token, body });
    expectProblem(left, 400, 'VALIDATION_FAILED');
  });

  test.each<[string, object]>([
    ['a title of 201 characters', { title: 'x'.repeat(201) }],
    ['a title of blanks', { title: '   ' }],
    ['NUL in its title', { title: 'a\0b' }],
    ['half a surrogate pair in its title', { title: 'a\ud800b' }],
    ['a number as its title', { title: 5 }],
    ['a description of 10,001 characters', { title: 'Fine', description: 'x'.repeat(10_001) }],
    ['NUL in its description', { title: 'Fine', description: 'a\0b' }],
  ])('a concert with %s is invalid', async (_, body) => {
    const answer = await seatlane.client.command('POST', '/concerts', { token: admin, body });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
  });

  const range = { section: 'A', row: '1', from: 1, to: 5, price: 10 };

  test.each<[string, object]>([
    ['has no seats', { seats: [] }],
    ['has a range that runs backwards', { seats: [{ ...range, from: 6 }] }],
    ['has a seat twice', { seats: [range, { ...range, from: 5, to: 9 }] }],
    ['has 50,001 seats', { seats: [{ ...range, to: 50_001 }] }],
    ['has a negative price', { seats: [{ ...range, price: -1 }] }],
    ['has a price of 2^31', { seats: [{ ...range, price: 2 ** 31 }] }],
    ['has a seat number 0', { seats: [{ ...range, from: 0 }] }],
    ['has a range with an unknown field', { seats: [{ ...range, colour: 'red' }] }],
    ['has seats that are not a list', { seats: range }],
    ['closes before it opens', { bookingEndAt: inHours(-2) }],
    ['sells after it has started', { bookingEndAt: inHours(49) }],
    ['ends before it starts', { endAt: inHours(47) }],
    ['starts at no time', { startAt: 'tomorrow' }],
    ['starts on 30 February', { startAt: '2027-02-30T20:00:00Z' }],
    ['starts at a local time', { startAt: '2027-02-03T20:00:00' }],
    ['has no end', { endAt: undefined }],
  ])('a schedule that %s is invalid', async (_, change) => {
    const body = { ...scheduleBody(), ...change };
    const path = '/concerts/1/schedules';
    const answer = await seatlane.client.command('POST', path, { token: admin, body });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
  });
});
