/** A buyer: signs in, waits for admission, and reads what only the buyer may read. */
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import { admissionWait, entryOutcome } from './metrics.js';
import { command, commandResult, pause, read, send } from './requests.js';
import { developmentToken } from './sale.js';
import { OPERATOR_TOKEN, THINK_SECONDS, TOKENS_FILE } from './settings.js';

const tokens = TOKENS_FILE ? new SharedArray('tokens', () => JSON.parse(open(TOKENS_FILE))) : [];

/** As the client library does: twelve polls in the estimated wait, each 1 to 15 s after the last. */
const POLLS_PER_WAIT = 12;
const POLL_SECONDS_MIN = 1;
const POLL_SECONDS_MAX = 15;

/** A pause for thought, of THINK_SECONDS on average. */
export function think() {
  return pause(THINK_SECONDS * (0.5 + Math.random()));
}

/**
 * Signs a new buyer in.
 * @param place tells the buyers of one journey apart: 0 or 1
 * @returns the buyer, who has `points` and sends `headers` with each request
 */
export async function signIn(sale, place) {
  const subject = `${sale.run}-${exec.scenario.iterationInTest}-${place}`;
  const token = TOKENS_FILE ? tokenOf(place) : await developmentToken({ subject });
  const buyer = { key: subject, headers: { Authorization: `Bearer ${token}` } };
  return { ...buyer, points: await readPoints(buyer) };
}

/** Each journey uses two tokens, because two buyers who share one would change each other's points. */
function tokenOf(place) {
  const index = 2 * exec.scenario.iterationInTest + place;
  if (index < tokens.length) return tokens[index];
  throw new Error(`${TOKENS_FILE} has ${tokens.length} tokens, and each journey needs two.`);
}

/** Enters the queue and polls until the buyer is admitted. @returns whether that happened before all was sold */
export async function untilAdmitted(sale, buyer) {
  let since = Date.now();
  const { headers, key } = buyer;
  const path = sale.entryPath;
  const { code } = await command({ path, key: `${key}-enter`, headers });
  if (code) throw new Error(`The buyer could not enter the queue: ${code}.`);
  entryOutcome.add(Date.now() - since);
  since = Date.now();
  for (;;) {
    const entry = await read({ path, headers });
    if (!entry || entry.isSoldOut) return false;
    if (entry.queueToken) {
      admissionWait.add(Date.now() - since);
      headers['Queue-Token'] = entry.queueToken;
      return true;
    }
    const even = entry.estimatedWaitSeconds / POLLS_PER_WAIT;
    const seconds = Math.min(POLL_SECONDS_MAX, Math.max(POLL_SECONDS_MIN, even));
    await pause(seconds * (0.8 + 0.4 * Math.random()));
  }
}

/** Leaves the queue, so that the next user is admitted. Nothing is left to do if the entry has ended already. */
export async function leave(sale, { key, headers }) {
  await command({ method: 'DELETE', path: sale.entryPath, key: `${key}-leave`, headers });
}

/** The buyer's balance. */
export async function readPoints({ headers }) {
  return (await read({ path: '/points', headers })).balance;
}

/**
 * Adds points to the buyer's balance, so that it covers a price: by the operator if OPERATOR_TOKEN is given, else by the
 * buyer, which the API allows with `OPEN_CHARGING`.
 */
export async function chargeUpTo(price, buyer) {
  const amount = price - buyer.points;
  if (amount <= 0) return;
  const key = `${buyer.key}-charge-${price}`;
  const charge = { path: '/points/charge', key, headers: buyer.headers, body: { amount } };
  if (OPERATOR_TOKEN) {
    const me = (await send({ path: '/users/me', headers: buyer.headers })).json();
    charge.body = { amount, subject: me.subject };
    charge.headers = { Authorization: `Bearer ${OPERATOR_TOKEN}` };
  }
  await commandResult(charge);
  buyer.points += amount;
}
