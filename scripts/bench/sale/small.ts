/**
 * `npm run bench:sale` without `--large`: measures a realistic sale. All users enter the queue at once, poll their entry while they wait,
 * are admitted at a fixed rate, read the seats, book, charge and pay. A share of them wants a standing place of an area instead, which is of
 * another schedule. A user who is refused tries again, a few times. Prints
 * the latencies of each kind of request, and ends with an audit.
 *
 *   node scripts/bench/sale/small.ts [--users 5000] [--admit 250] [--standing 0]      admitted per 10 s; share of users, 0 to 1
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { readCommandLine, refuseUsage } from '../../../src/config/command-line.ts';
import { AccessTokens } from '../../../src/http/auth/access-tokens.ts';
import { auditOf } from '../audit.ts';
import { newHall, newStanding, openDatabase, PRICE, type Standing } from '../compare/database.ts';
import { latenciesOf } from '../compare/figures.ts';
import { LoadClient, type LoadRequest, type LoadResponse } from '../http-client.ts';
import { startBenchSystem } from '../system.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    users: { type: 'string', default: '5000' },
    admit: { type: 'string', default: '250' },
    standing: { type: 'string', default: '0' },
  },
});
const userCount = Number(values.users);
const standingShare = Number(values.standing);
if (!(standingShare >= 0 && standingShare <= 1)) {
  refuseUsage(
    import.meta.filename,
    `--standing ${values.standing} is not a share between 0 and 1.`,
  );
}
const POLL_MS = 3000;
const CONNECTIONS = 1000;
const THINK_MS = 1000;
const TRIES_MAX = 5;

const system = await startBenchSystem();
const settings = { ADMIT_LIMIT: values.admit, MAX_ACTIVE: '1000', QUEUE_TOKEN_SECONDS: '300' };
await system.startWorker(settings);
const api = await system.startApi(settings);
// Two clients, so that requests of admitted users do not wait for a connection behind users who enter.
const entering = new LoadClient(api.port, CONNECTIONS);
const client = new LoadClient(api.port, CONNECTIONS);
const { JWT_SECRET: jwtSecret = '' } = system.environment;
const issuer = new AccessTokens({
  jwtSecret,
  jwksUrl: undefined,
  jwtIssuer: 'seatlane',
  jwtAudience: 'seatlane',
});
const database = await openDatabase(system, 'seatlane');
await database.query(`insert into concert (title, created_at) values ('Sale', now())`);
// Fewer places than users, so that the last users find none.
const places = Math.ceil(userCount * 0.9);
const standingPlaces = Math.round(places * standingShare);
const hall = await newHall(database, places - standingPlaces);
const area = standingPlaces > 0 ? await newStanding(database, standingPlaces) : undefined;
await database.query('vacuum analyze seat');

const kinds = new Map<string, number[]>();
const outcomes = new Map<string, number>();
function count(what: string): void {
  outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
}

async function send(kind: string, request: LoadRequest): Promise<LoadResponse> {
  const response = await (kind === 'enter' ? entering : client).send(request);
  const known = kinds.get(kind) ?? [];
  kinds.set(kind, known);
  known.push(response.ms);
  if (response.status >= 500) count(`${kind} returned ${response.status}`);
  return response;
}

/** A random seat id of a list. The list is not parsed, because that would slow down the load generator. */
function anySeatIn(text: string): string | undefined {
  const from = Math.floor(Math.random() * text.length);
  return (/"id" ?: ?(\d+)/.exec(text.slice(from)) ?? /"id" ?: ?(\d+)/.exec(text))?.[1];
}

async function visit(user: number): Promise<void> {
  const { accessToken } = await issuer.issue({ subject: `buyer ${user}` }, Date.now());
  const headers: Record<string, string> = { Authorization: `Bearer ${accessToken}` };
  const command = (kind: string, path: string, body?: object) =>
    send(kind, {
      method: 'POST',
      path,
      headers: { ...headers, Prefer: 'wait=30' },
      ...(body && { body }),
    });
  const read = (kind: string, path: string) => send(kind, { method: 'GET', path, headers });

  await command('enter', '/users/queue');
  for (;;) {
    // A random delay keeps the users from polling in step.
    await sleep(POLL_MS * (0.5 + Math.random()));
    const entry = JSON.parse((await read('status', '/users/queue')).text);
    if (entry.isSoldOut) return count('sold out while waiting');
    if (entry.queueToken) {
      headers['Queue-Token'] = entry.queueToken;
      break;
    }
  }
  await command('charge', '/points/charge', { amount: PRICE });
  const standing = area && Math.random() < standingShare ? area : undefined;
  const of = standing ? ' a standing place' : '';
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const held = standing
      ? await holdStanding(standing, { read, command })
      : await bookSeat({ read, command });
    if (held === undefined) return count(standing ? 'no standing place left' : 'no seat left');
    if (held.status !== 200) {
      count(JSON.parse(held.text).code);
      continue;
    }
    const { id } = JSON.parse(held.text).result;
    await sleep(THINK_MS * Math.random());
    const path = standing ? `/orders/${id}/pay` : `/concerts/bookings/${id}/pay`;
    const paid = await command(`pay${of}`, path);
    return count(paid.status === 200 ? `paid${of}` : JSON.parse(paid.text).code);
  }
  return count(standing ? 'gave up a standing place' : 'gave up');
}

interface User {
  read(kind: string, path: string): Promise<LoadResponse>;
  command(kind: string, path: string, body?: object): Promise<LoadResponse>;
}

/** @returns undefined if no seat is free */
async function bookSeat({ read, command }: User): Promise<LoadResponse | undefined> {
  const path = `/concerts/schedules/${hall.scheduleId}/seats?state=available`;
  const seatId = anySeatIn((await read('seats', path)).text);
  if (seatId === undefined) return undefined;
  await sleep(THINK_MS * Math.random());
  return command('book', `/concerts/seats/${seatId}/book`);
}

/** @returns undefined if no place is free */
async function holdStanding(
  { scheduleId, areaId }: Standing,
  { read, command }: User,
): Promise<LoadResponse | undefined> {
  const { text } = await read('areas', `/concerts/schedules/${scheduleId}/areas`);
  if (JSON.parse(text).items?.[0]?.available === 0) return undefined;
  await sleep(THINK_MS * Math.random());
  const body = { scheduleId, areas: [{ areaId, quantity: 1 }] };
  return command('hold a standing place', '/orders', body);
}

try {
  const started = performance.now();
  const printing = setInterval(() => {
    const counts = [...outcomes].map(([what, times]) => `${times} ${what}`).join(', ');
    process.stderr.write(`${Math.round((performance.now() - started) / 1000)} s: ${counts}\n`);
  }, 10_000);
  await Promise.all(Array.from({ length: userCount }, (_, user) => visit(user)));
  clearInterval(printing);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${userCount} users in ${seconds.toFixed(0)} s, admitted ${values.admit} per 10 s.\n`,
  );
  console.log('| request | count | p50 | p95 | p99, ms |\n| --- | --- | --- | --- | --- |');
  for (const [kind, ms] of kinds) {
    const { p50Ms, p95Ms, p99Ms } = latenciesOf(ms);
    const cells = [kind, ms.length, ...[p50Ms, p95Ms, p99Ms].map((each) => each.toFixed(1))];
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log(`\n${[...outcomes].map(([what, times]) => `${what}: ${times}`).join('\n')}`);
  console.log(`Audit: ${auditOf(system.environment)}`);
} finally {
  for (const each of [entering, client]) each.close();
  await database.close();
  await system.stop();
}
