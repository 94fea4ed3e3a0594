/**
 * A buyer's journey: sign in, enter the queue, wait, read the seats, order one, pay, read the order and the balance. In some
 * journeys two buyers order the same seat at the same moment, and the one who gets it pays twice at the same moment.
 */
import { chargeUpTo, leave, readPoints, signIn, think, untilAdmitted } from './buyers.js';
import {
  bookingOutcome,
  chargeOutcome,
  doubleBookingsBlocked,
  journeysFailed,
  ordersPaid,
  paymentOutcome,
  pointsRight,
  seatRead,
  seatsTaken,
  soldOut,
} from './metrics.js';
import { command, read, send } from './requests.js';
import { CONTESTS } from './settings.js';

/** How many seats a buyer tries before giving up: other buyers may be faster each time. */
const SEATS_TRIED_MAX = 5;
/** Why an order does not get its seat although nothing is wrong. */
const TAKEN = ['SEAT_ALREADY_HELD', 'SEAT_ALREADY_SOLD'];

/** Plays one journey. A failed one is counted and does not end the run. @param sale what `openSale` returned */
export async function journey(sale) {
  try {
    if (Math.random() < CONTESTS) await contest(sale);
    else await purchase(sale);
    journeysFailed.add(false);
  } catch (error) {
    journeysFailed.add(true);
    console.error(`A journey failed: ${error.message}`);
  }
}

async function purchase(sale) {
  const buyer = await signIn(sale, 0);
  if (!(await untilAdmitted(sale, buyer))) return soldOut.add(1);
  for (let tried = 1; tried <= SEATS_TRIED_MAX; tried += 1) {
    const seat = await chooseSeat(sale, buyer);
    if (!seat) {
      soldOut.add(1);
      break;
    }
    await timed(chargeOutcome, () => chargeUpTo(seat.price, buyer));
    const order = await placeOrder(buyer, seat);
    if (!order) continue;
    await think();
    await pay(buyer, order, 'pay');
    return finish(buyer, order);
  }
  return giveUp(sale, buyer);
}

/** At most one of two orders of a seat may succeed. None does if a third buyer was faster. */
async function contest(sale) {
  const buyers = await Promise.all([0, 1].map((place) => signIn(sale, place)));
  const admitted = await Promise.all(buyers.map((buyer) => untilAdmitted(sale, buyer)));
  if (admitted.includes(false)) {
    soldOut.add(1);
    return Promise.all(buyers.map((buyer) => giveUp(sale, buyer)));
  }
  const seat = await chooseSeat(sale, buyers[0]);
  if (!seat) {
    soldOut.add(1);
    return Promise.all(buyers.map((buyer) => giveUp(sale, buyer)));
  }
  await Promise.all(buyers.map((buyer) => chargeUpTo(seat.price, buyer)));
  const orders = await Promise.all(buyers.map((buyer) => placeOrder(buyer, seat)));
  doubleBookingsBlocked.add(orders.filter((order) => order).length <= 1);
  return Promise.all(
    buyers.map(async (buyer, place) => {
      const order = orders[place];
      if (!order) return giveUp(sale, buyer);
      await think();
      const paid = await Promise.all(['pay', 'pay-again'].map((key) => pay(buyer, order, key)));
      if (!paid.includes(true)) throw new Error('Neither of two payments of an order succeeded.');
      return finish(buyer, order);
    }),
  );
}

/**
 * Reads the seats of a schedule of the sale, and picks one at random.
 * @returns a seat with `id`, `price` and `scheduleId`, or undefined if none is free in any schedule
 */
async function chooseSeat({ scheduleIds }, { headers }) {
  const first = Math.floor(Math.random() * scheduleIds.length);
  for (let tried = 0; tried < scheduleIds.length; tried += 1) {
    const scheduleId = scheduleIds[(first + tried) % scheduleIds.length];
    const path = `/concerts/schedules/${scheduleId}/seats?state=available`;
    const response = await send({ name: '/concerts/schedules/ID/seats', path, headers });
    if (response.status !== 200) throw new Error(`${path} was answered ${response.status}.`);
    seatRead.add(response.timings.duration);
    const seat = seatIn(response.body);
    if (!seat) continue;
    await think();
    return { ...seat, scheduleId };
  }
  return undefined;
}

/** A random seat of a list. Only that seat is parsed: a list of 50,000 would slow the load generator down. */
function seatIn(text) {
  const list = text.slice(text.indexOf('['));
  const at = list.lastIndexOf('{', Math.floor(Math.random() * list.length));
  const from = at === -1 ? list.indexOf('{') : at;
  return from === -1 ? undefined : JSON.parse(list.slice(from, list.indexOf('}', from) + 1));
}

/** @returns the order, or undefined if the seat was taken */
async function placeOrder({ key, headers }, { id, scheduleId }) {
  const { result, code } = await timed(bookingOutcome, () =>
    command({
      path: '/orders',
      key: `${key}-order-${id}`,
      headers,
      body: { scheduleId, seatIds: [id] },
    }),
  );
  if (!code) return result;
  if (!TAKEN.includes(code)) throw new Error(`An order was refused: ${code}.`);
  seatsTaken.add(1);
  return undefined;
}

/** @returns whether the payment succeeded; it does not if the order is paid already */
async function pay(buyer, { id, total }, key) {
  const { code } = await timed(paymentOutcome, () =>
    command({
      name: '/orders/ID/pay',
      path: `/orders/${id}/pay`,
      key: `${buyer.key}-${key}`,
      headers: buyer.headers,
    }),
  );
  if (code && code !== 'PAYMENT_ALREADY_PROCESSED') {
    throw new Error(`A payment was refused: ${code}.`);
  }
  if (code) return false;
  // Both payments of an order would take the points twice, and the balance would be wrong.
  ordersPaid.add(1);
  buyer.spent = total;
  return true;
}

/** Reads what the buyer has now: the paid order, and the rest of the points. */
async function finish(buyer, { id }) {
  const { headers } = buyer;
  const order = await read({ name: '/orders/ID', path: `/orders/${id}`, headers });
  if (order?.state !== 'paid') throw new Error(`Order ${id} was paid, and is not paid.`);
  await checkPoints(buyer);
}

async function giveUp(sale, buyer) {
  await leave(sale, buyer);
  await checkPoints(buyer);
}

async function checkPoints(buyer) {
  pointsRight.add((await readPoints(buyer)) === buyer.points - (buyer.spent || 0));
}

async function timed(trend, act) {
  const since = Date.now();
  const done = await act();
  trend.add(Date.now() - since);
  return done;
}
