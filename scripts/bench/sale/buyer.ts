/**
 * An admitted user of the large sale: looks at the map, chooses places, and pays by points or card, gives them back, or leaves without
 * a word. What the user was told is compared with the database afterwards (history.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BuyerPlan, drawBuyer, drawThinking } from '../../simulate/large/buyer-plan.ts';
import { chooseSeats, unpackMap } from '../../simulate/large/choose-seats.ts';
import type { SalePlan } from '../../simulate/large/plan.ts';
import type { OpenQueue } from './halls.ts';
import type { LoadFigures } from './load/figures.ts';
import { payByCard, type Shop } from './payment.ts';
import type { Session } from './session.ts';

/** What a user was told of their order and their money. */
export interface UserView {
  user: number;
  queue: number;
  /** The order that was placed; undefined if none was. */
  orderId: number | undefined;
  order: 'paid' | 'cancelled' | 'expired' | undefined;
  quantity: number;
  total: number;
  /** Points that are left. */
  balance: number;
  /** The checkout, with its last state. */
  checkout: { id: number; state: string } | undefined;
  tickets: number;
  /** How the queue entry must have ended. */
  entry: 'paid' | 'left' | 'expired';
}

export interface BuyerDeps {
  plan: SalePlan;
  shop: Shop;
  figures: LoadFigures;
  random(): number;
}

/** @returns what the user was told */
export async function buy(
  deps: BuyerDeps,
  session: Session,
  { user, queue, sale }: { user: number; queue: number; sale: OpenQueue },
): Promise<UserView> {
  const { plan, figures, random } = deps;
  const buyer = drawBuyer(plan, random);
  const think = () => sleep(1000 * drawThinking(plan.thinkSeconds, random));
  const view: UserView = {
    user,
    queue,
    orderId: undefined,
    order: undefined,
    quantity: 0,
    total: 0,
    balance: 0,
    checkout: undefined,
    tickets: 0,
    entry: 'left',
  };
  const leave = async (why: string) => {
    figures.count(why);
    const left = await session.command('leave', 'DELETE', `/queues/${sale.queueId}/entry`);
    // The session had expired while the user was looking.
    if (left.code === 'QUEUE_ENTRY_NOT_FOUND') view.entry = 'expired';
    return view;
  };
  const order = await takePlaces(deps, session, { sale, buyer, think });
  if (!order) return leave('found no place');
  Object.assign(view, { orderId: order.id, quantity: order.bookings.length, total: order.total });
  await think();
  const giveBack = async (why: string) => {
    await session.command('give back', 'DELETE', `/orders/${order.id}`);
    view.order = 'cancelled';
    return leave(why);
  };
  if (buyer.ending === 'gives back') return giveBack('gave back');
  if (buyer.ending === 'abandons') {
    figures.count('abandoned a hold');
    Object.assign(view, { order: 'expired', entry: 'expired' });
    return view;
  }
  const code =
    buyer.method === 'card'
      ? await payByCard(deps.shop, session, { orderId: order.id, buyer, view, think })
      : await payByPoints(session, order, view);
  if (code !== undefined) return giveBack(`did not pay: ${code}`);
  Object.assign(view, { order: 'paid', entry: 'paid' });
  figures.count(`paid by ${buyer.method}`);
  const { body } = await session.read('tickets', `/orders/${order.id}/tickets`);
  view.tickets = body?.items?.length ?? 0;
  return view;
}

interface PlacedOrder {
  id: number;
  total: number;
  bookings: unknown[];
}

/** @returns undefined after too many refusals, or if all is sold */
async function takePlaces(
  { plan, figures, random }: BuyerDeps,
  session: Session,
  { sale, buyer, think }: { sale: OpenQueue; buyer: BuyerPlan; think(): Promise<void> },
): Promise<PlacedOrder | undefined> {
  let { quantity } = buyer;
  for (let tries = 1; tries <= plan.triesMax; tries += 1) {
    await think();
    const wanted =
      sale.areaIds.length > 0
        ? await wantedInArea(session, sale, { quantity, random })
        : await wantedSeats(session, sale, { quantity, takesBest: buyer.takesBest, random });
    if (wanted) {
      await think();
      const body = { scheduleId: sale.scheduleId, ...wanted };
      const placed = await session.command('order', 'POST', '/orders', body);
      if (placed.code === undefined) return placed.body;
      figures.count(`order refused: ${placed.code}`);
    }
    // Fewer places are easier to find.
    quantity = Math.max(1, Math.floor(quantity / 2));
  }
  return undefined;
}

interface Wish {
  quantity: number;
  random(): number;
}

async function wantedSeats(
  session: Session,
  { scheduleId, seatIds }: OpenQueue,
  { quantity, takesBest, random }: Wish & { takesBest: boolean },
): Promise<object | undefined> {
  const path = `/concerts/schedules/${scheduleId}/availability`;
  const { body, code } = await session.read('map', path);
  if (code !== undefined) return undefined;
  const map = unpackMap(body.states, seatIds.length);
  const chosen = chooseSeats(map, quantity, Math.floor(random() * map.count));
  if (chosen.length === 0) return undefined;
  if (takesBest) return { bestAvailable: { quantity: Math.min(quantity, chosen.length) } };
  return { seatIds: chosen.map((seat) => seatIds[seat]) };
}

async function wantedInArea(
  session: Session,
  { scheduleId }: OpenQueue,
  { quantity, random }: Wish,
): Promise<object | undefined> {
  const { body, code } = await session.read('areas', `/concerts/schedules/${scheduleId}/areas`);
  if (code !== undefined) return undefined;
  const free = body.items.filter(({ available }: { available: number }) => available > 0);
  const area = free[Math.floor(random() * free.length)];
  return area && { areas: [{ areaId: area.id, quantity: Math.min(quantity, area.available) }] };
}

/** @returns the code of the refusal, or undefined */
async function payByPoints(
  session: Session,
  { id, total }: PlacedOrder,
  view: UserView,
): Promise<string | undefined> {
  const charged = await session.command('charge', 'POST', '/points/charge', { amount: total });
  if (charged.code !== undefined) return charged.code;
  view.balance = charged.body.balance;
  const paid = await session.command('pay', 'POST', `/orders/${id}/pay`);
  if (paid.code === undefined) view.balance = paid.body.balance;
  return paid.code;
}
