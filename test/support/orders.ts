/** Commands about orders, for tests that apply them in batches. */
import type { Order } from '../../src/commands/schemas/resources.ts';
import type { TakenCommand } from '../../workers/batch/batch.ts';
import type { Buyer, TestLane } from './services/test-lane.ts';

export interface Orders {
  place(buyer: Buyer, seatIds: readonly number[], more?: object): TakenCommand;
  /** An order of seats and places of areas. */
  placeIn(buyer: Buyer, wanted: WantedPlaces, more?: object): TakenCommand;
  pay(buyer: Buyer, orderId: number, more?: object): TakenCommand;
  cancel(subject: string, orderId: number, more?: object): TakenCommand;
  /** An order that is placed. */
  order(buyer: Buyer, seatIds: readonly number[]): Promise<Order>;
}

interface WantedPlaces {
  seatIds?: readonly number[];
  areas?: readonly { areaId: number; quantity: number }[];
  bestAvailable?: object;
}

export function ordersOf(lane: TestLane, scheduleId: number): Orders {
  const place = (buyer: Buyer, seatIds: readonly number[], more: object = {}) =>
    lane.command('place-order', { ...buyer, input: { scheduleId, seatIds }, ...more });
  return {
    place,
    placeIn: (buyer, wanted, more = {}) =>
      lane.command('place-order', { ...buyer, input: { scheduleId, ...wanted }, ...more }),
    pay: (buyer, orderId, more = {}) =>
      lane.command('pay-order', { ...buyer, input: { orderId }, ...more }),
    cancel: (subject, orderId, more = {}) =>
      lane.command('cancel-order', { subject, input: { orderId }, ...more }),
    order: (buyer, seatIds) => lane.result<Order>(place(buyer, seatIds)),
  };
}

/** SQL: the table of bookings, with the state that each one has by itself or from its order. A live booking of an ended order is wrong. */
export const BOOKINGS = `(select booking.*,
    coalesce(ended_as, case when app_order.state = 'held' then 'held'
      when app_order.state in ('paid', 'partly-refunded') then 'paid' else 'wrong' end) as state
  from booking join app_order on app_order.id = order_id) as booking`;

/** The state of an order with those of its bookings and their seats, such as `paid: paid sold`, or `area` for a place of one. */
export async function orderState(lane: TestLane, orderId: number): Promise<string> {
  const rows = await lane.rows<{ line: string }>(
    `select app_order.state || ': '
       || string_agg(booking.state || ' ' || coalesce(seat.state, 'area'), ', ' order by booking.id) as line
     from app_order join ${BOOKINGS} on order_id = app_order.id left join seat on seat.id = seat_id
     where app_order.id = ${orderId} group by app_order.id`,
  );
  return rows[0]?.line ?? 'none';
}

/** The counts of an area, such as `3 held, 0 sold of 10`. */
export async function areaState(lane: TestLane, areaId: number): Promise<string> {
  const [row] = await lane.rows<{ line: string }>(
    `select held || ' held, ' || sold || ' sold of ' || capacity as line from area where id = ${areaId}`,
  );
  return row?.line ?? 'none';
}
