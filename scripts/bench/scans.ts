/**
 * `npm run bench:scans`: gates scan tickets at a fixed rate, first alone, then beside a sale, and the sale runs once without scans. Some tickets
 * are scanned at two gates in the same moment, and one at a hundred: each must enter once. Ends with an audit.
 *
 *   node scripts/bench/scans.ts [--hourly 60000] [--seconds 60]      scans an hour; the duration of each part
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { readCommandLine } from '../../src/config/command-line.ts';
import { AccessTokens } from '../../src/http/auth/access-tokens.ts';
import { auditOf } from './audit.ts';
import { type Contestant, openContestants } from './compare/contestants.ts';
import { PRICE } from './compare/database.ts';
import { latenciesOf } from './compare/figures.ts';
import { purchases } from './compare/people.ts';
import { LoadClient } from './http-client.ts';
import { startBenchSystem } from './system.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    hourly: { type: 'string', default: '60000' },
    seconds: { type: 'string', default: '60' },
  },
});
const perSecond = Number(values.hourly) / 3600;
const seconds = Number(values.seconds);
const SHOPPERS = 1000;
const PEOPLE = 16;
const GATES = 100;
/** Each so manieth ticket is scanned at two gates. */
const TWICE_EACH = 10;

const system = await startBenchSystem();

/** The codes of tickets. Each shopper places one order, because its payment ends the turn. @param count at most ten for each shopper */
async function buyTickets(shop: Contestant, count: number) {
  const { scheduleId, seatIds } = await shop.hall(count);
  const places = Math.ceil(count / SHOPPERS);
  const codes: string[] = [];
  const buy = async (user: number) => {
    const seats = seatIds.slice(user * places, (user + 1) * places);
    if (seats.length === 0) return;
    await shop.post('/points/charge', user, { amount: PRICE * seats.length });
    const placed = await shop.post('/orders', user, { scheduleId, seatIds: seats });
    if (placed.status !== 200) throw new Error(placed.text);
    const { id } = JSON.parse(placed.text).result;
    await shop.post(`/orders/${id}/pay`, user);
    const { items } = JSON.parse((await shop.get(`/orders/${id}/tickets`, user)).text);
    codes.push(...items.map(({ code }: { code: string }) => code));
  };
  for (let from = 0; from < SHOPPERS; from += PEOPLE) {
    await Promise.all(Array.from({ length: PEOPLE }, (_, index) => buy(from + index)));
  }
  return { scheduleId, codes };
}

try {
  const [shop] = await openContestants(system, ['seatlane'], SHOPPERS);
  if (!shop) throw new Error('The system did not start.');
  const count = Math.round(perSecond * seconds);
  const { scheduleId, codes } = await buyTickets(shop, 2 * count + 1);
  const issuer = new AccessTokens({
    jwtSecret: system.environment.JWT_SECRET ?? '',
    jwksUrl: undefined,
    jwtIssuer: 'seatlane',
    jwtAudience: 'seatlane',
  });
  const now = Date.now();
  const { accessToken } = await issuer.issue({ subject: 'gate', role: 'gate' }, now);
  const gates = new LoadClient(shop.port, GATES);
  const headers = { Authorization: `Bearer ${accessToken}`, Prefer: 'wait=30' };
  const path = `/concerts/schedules/${scheduleId}/check-ins`;
  const scan = (code: string, gate: number) =>
    gates.send({ method: 'POST', path, headers, body: { code, gate: `Gate ${gate}` } });

  /** Scans tickets at the rate. @returns the latencies in ms, and what went wrong */
  const scanAll = async (tickets: readonly string[]) => {
    const began = performance.now();
    const scans = tickets.map(async (code, index) => {
      await sleep(Math.max(0, began + (index / perSecond) * 1000 - performance.now()));
      const at = index % TWICE_EACH === 0 ? [index, index + 1] : [index];
      const answers = await Promise.all(at.map((gate) => scan(code, gate % GATES)));
      return {
        ms: answers.map(({ ms }) => ms),
        entered: answers.filter(({ status }) => status === 200).length,
      };
    });
    const done = await Promise.all(scans);
    const wrong = done.filter(({ entered }) => entered !== 1).length;
    return { ...latenciesOf(done.flatMap(({ ms }) => ms)), scans: done.length, wrong };
  };
  const sale = async (until: number) => {
    let bought = 0;
    let wall = 0;
    while (performance.now() < until) {
      const outcome = await purchases(shop, { people: PEOPLE, count: 500 }, async () => undefined);
      bought += outcome.successes;
      wall += outcome.wallMs;
    }
    return (bought / wall) * 1000;
  };

  const hundred = await Promise.all(
    Array.from({ length: GATES }, (_, gate) => scan(codes.at(-1) ?? '', gate)),
  );
  const alone = await scanAll(codes.slice(0, count));
  const saleAlone = await sale(performance.now() + seconds * 1000);
  const [beside, saleBeside] = await Promise.all([
    scanAll(codes.slice(count, 2 * count)),
    sale(performance.now() + seconds * 1000),
  ]);
  gates.close();
  console.log(
    `\nA ticket at ${GATES} gates at once entered ${hundred.filter(({ status }) => status === 200).length} times.`,
  );
  console.log(`\n${values.hourly} scans an hour for ${seconds} s.\n`);
  console.log('| | scans | p50 | p95 | p99, ms | not entered once | purchases a second |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  const line = (name: string, of: typeof alone, rate: string) => {
    const ms = [of.p50Ms, of.p95Ms, of.p99Ms].map((each) => each.toFixed(1)).join(' | ');
    console.log(`| ${name} | ${of.scans} | ${ms} | ${of.wrong} | ${rate} |`);
  };
  line('scans alone', alone, '');
  line('beside a sale', beside, String(Math.round(saleBeside)));
  console.log(`| the sale alone | | | | | | ${Math.round(saleAlone)} |`);
  console.log(`\nAudit: ${auditOf({ ...system.environment, DATABASE_URL: shop.databaseUrl })}`);
  await shop.close();
} finally {
  await system.stop();
}
