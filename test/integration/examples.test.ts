/** Runs each program in examples/ and checks its output. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Schedule, Seat } from '../../src/client/index.ts';
import { admittedOf } from '../support/http/sdk.ts';
import { type SandboxedSeatlane, startWithSandbox } from '../support/sandbox/with-sandbox.ts';
import type { TestSeatlane } from '../support/services/seatlane.ts';
import { waitFor } from '../support/wait-for.ts';

const run = promisify(execFile);
const FOLDER = resolve(import.meta.dirname, '../../examples');
const fileOf = (name: string) => resolve(FOLDER, `${name}.ts`);

let sandboxed: SandboxedSeatlane;
let seatlane: TestSeatlane;
/** The schedule of the newest concert, which the programs find first. */
let schedule: Schedule & { seats: Seat[] };
const tried = new Set<string>();
let watching: ChildProcess | undefined;

beforeAll(async () => {
  sandboxed = await startWithSandbox();
  ({ seatlane } = sandboxed);
});
beforeEach(async () => {
  schedule = await seatlane.client.schedule();
});
afterAll(async () => {
  watching?.kill('SIGKILL');
  await sandboxed.stop();
});

/** Runs a program. @returns the lines that it prints */
async function linesOf(name: string, ...words: string[]): Promise<string[]> {
  tried.add(name);
  const { base } = seatlane.client;
  const { stdout, stderr } = await run(process.execPath, [fileOf(name), base, ...words]);
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

const seatsInState = async (state: Seat['state']) => {
  const looker = await admittedOf(seatlane.client.base, 'looker');
  return (await looker.seats(schedule.id, { state })).map(({ id }) => id);
};

test('buy-a-seat ends with a paid seat', async () => {
  const lines = await linesOf('buy-a-seat');
  const [seat] = schedule.seats;
  expect(lines.at(-2)).toMatch(new RegExp(`^Seat ${seat?.id} is held until \\d{4}-`));
  expect(lines.at(-1)).toBe(`Seat ${seat?.id} is paid with 100 points; 0 are left`);
  expect(await seatsInState('sold')).toEqual([seat?.id]);
});

test('pay-by-card pays an order on the page of the sandbox', async () => {
  const lines = await linesOf('pay-by-card');
  expect(lines[0]).toMatch(/^The payment page is open: http:\/\/localhost:\d+\/pay\/chk_/);
  expect(lines[1]).toMatch(/^The buyer returns to http:\/\/127\.0\.0\.1:\d+\/\?checkoutId=\d+$/);
  expect(lines[2]).toMatch(/^Order \d+ is paid by card; ticket \d+ is valid$/);
  expect(await seatsInState('sold')).toHaveLength(1);
});

test('rush gives the seat to one of many users', async () => {
  expect(await linesOf('rush', '20')).toEqual(
    expect.arrayContaining(['20 users are admitted', 'HELD: 1', 'SEAT_ALREADY_HELD: 19']),
  );
  expect(await seatsInState('held')).toEqual([schedule.seats.at(-1)?.id]);
});

test('watch-seats prints changes of seats until it is stopped', async () => {
  tried.add('watch-seats');
  watching = spawn(process.execPath, [fileOf('watch-seats'), seatlane.client.base]);
  let said = '';
  for (const stream of [watching.stdout, watching.stderr]) {
    stream?.on('data', (text) => {
      said += text;
    });
  }
  await waitFor('all seats', () => said.includes(`Schedule ${schedule.id}: 10 available`));
  const buyer = await admittedOf(seatlane.client.base, 'buyer');
  const seatId = schedule.seats[3]?.id as number;
  const { id } = await buyer.book(seatId);
  await waitFor('the hold', () => said.includes(`Seat ${seatId} is held`));
  await buyer.cancel(id);
  await waitFor('the end of the hold', () => said.includes(`Seat ${seatId} is available`));
  watching.kill('SIGINT');
  const [code] = await once(watching, 'exit');
  expect(code).toBe(0);
  expect(said).toMatch(/Connected\n[\s\S]*Stopped\n$/);
});

test('open-a-concert puts a performance on sale with two blocked seats', async () => {
  const lines = await linesOf('open-a-concert');
  expect(lines[0]).toMatch(/^Concert \d+, schedule \d+: 24 seats$/);
  expect(lines[1]).toBe('2 seats are blocked (Behind a pillar); 22 are available');
  expect(lines[2]).toMatch(/^Up to \d+ users are admitted every \d+ s; users waiting: \d+$/);
  const [admission] = await seatlane.rows('select admit_limit, admit_window_ms from waiting_queue');
  expect(admission).toEqual({ admit_limit: null, admit_window_ms: null });
});

test('best-available holds adjacent seats, and fewer if there are not enough', async () => {
  expect(await linesOf('best-available', '4')).toEqual([
    'Holding 4 adjacent seats: A3 A4 A5 A6',
    'The order is cancelled',
  ]);
  const buyer = await admittedOf(seatlane.client.base, 'splitter');
  await buyer.bookSeats([2, 6].map((index) => schedule.seats[index]?.id as number));
  expect(await linesOf('best-available', '5')).toEqual([
    'There are no 5 adjacent seats',
    'There are no 4 adjacent seats',
    'Holding 3 adjacent seats: A4 A5 A6',
    'The order is cancelled',
  ]);
  expect(await seatsInState('held')).toHaveLength(2);
});

test('gate checks codes without the API, and lets each ticket in once', async () => {
  tried.add('gate');
  const buyer = await admittedOf(seatlane.client.base, 'visitor');
  const codesOf = async ({ id, seats }: typeof schedule) => {
    const order = await buyer.order({ scheduleId: id, seatIds: [seats[0]?.id as number] });
    await buyer.charge(order.total);
    await buyer.pay(order);
    return (await buyer.tickets(order.id)).map(({ code }) => code);
  };
  const [code = ''] = await codesOf(schedule);
  await buyer.enterQueue();
  await buyer.untilAdmitted();
  const [other = ''] = await codesOf(await seatlane.client.schedule());
  const forged = code.replace(/\.[^.]+\./, `.${other.split('.')[1]}.`);
  // The header of one is the JSON text `null`, that of another a code of ours without a signature.
  const unsigned = `${code.split('.')[0]}..`;
  const given = ['bnVsbA', unsigned, code, code, forged, other, 'not a code'];
  const gate = spawn(process.execPath, [fileOf('gate'), seatlane.client.base, `${schedule.id}`]);
  let said = '';
  for (const stream of [gate.stdout, gate.stderr]) {
    stream.on('data', (text) => {
      said += text;
    });
  }
  gate.stdin.end(`${given.join('\n')}\n`);
  const [exitCode] = await once(gate, 'exit');
  expect(said.trim().split('\n')).toEqual([
    'NO: not a ticket',
    'NO: forged',
    'ENTER: Stalls A 1',
    expect.stringMatching(/^NO: ticket \d+ was used here$/),
    'NO: forged',
    'NO: another performance',
    'NO: not a ticket',
  ]);
  expect(exitCode).toBe(0);
});

test('an example explains in one sentence that the API is unreachable', async () => {
  const nowhere = 'http://127.0.0.1:9';
  const failing = run(process.execPath, [fileOf('open-a-concert'), nowhere]);
  const { code, stderr } = await failing.catch((error) => error);
  expect(code).toBe(1);
  expect(stderr).toMatch(/Is it running\? Start it with `npm start`\.\n$/);
  expect(stderr).not.toMatch(/^ +at /m);
});

test('every example is run here', () => {
  const names = globSync('*.ts', { cwd: FOLDER }).map((file) => basename(file, '.ts'));
  expect([...tried].toSorted()).toEqual(names.toSorted());
});
