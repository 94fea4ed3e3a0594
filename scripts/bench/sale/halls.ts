/** Puts the concerts of the large sale on sale, each with a waiting queue of its own, through the API. */
import { placesOf, type QueuePlan, type SalePlan } from '../../simulate/large/plan.ts';
import { PRICE } from '../compare/database.ts';
import type { WireClient } from './load/wire-client.ts';

/** A concert on sale, with its queue. */
export interface OpenQueue {
  plan: QueuePlan;
  queueId: number;
  scheduleId: number;
  /** The ids of the seats, in the order of the map. */
  seatIds: number[];
  areaIds: number[];
  /** How many places there are. */
  places: number;
}

/** Commands of an operator. */
export interface Operator {
  send(path: string, body: object): Promise<any>;
}

const SEATS_PER_ROW = 40;
const MS_PER_HOUR = 3_600_000;

export function operatorOf(client: WireClient, token: string): Operator {
  return {
    async send(path, body) {
      const headers = `Authorization: Bearer ${token}\r\nPrefer: wait=30\r\n`;
      const response = await client.send({ method: 'POST', path, headers, body });
      if (response.status !== 200) throw new Error(`${path}: ${response.text}`);
      return JSON.parse(response.text).result;
    },
  };
}

/** The queues are paused: users can enter, and nobody is admitted. */
export async function openQueues(
  plan: SalePlan,
  operator: Operator,
  query: <Row extends object>(text: string) => Promise<Row[]>,
): Promise<OpenQueue[]> {
  const opened: OpenQueue[] = [];
  for (const queue of plan.queues) {
    const concert = await operator.send('/concerts', { title: queue.name });
    const schedule = await operator.send(`/concerts/${concert.id}/schedules`, scheduleOf(queue));
    const { id: queueId } = await operator.send('/queues', {
      name: queue.name,
      concertIds: [concert.id],
      admitLimit: queue.admitLimit,
      admitWindowSeconds: plan.windowSeconds,
      maxActive: 1_000_000,
    });
    await operator.send(`/queues/${queueId}/admission`, { isPaused: true });
    const idsOf = (table: string, order: string) =>
      query<{ id: number }>(
        `select id::int from ${table} where schedule_id = ${schedule.id} order by ${order}`,
      ).then((rows) => rows.map(({ id }) => id));
    opened.push({
      plan: queue,
      queueId,
      scheduleId: schedule.id,
      seatIds: await idsOf('seat', 'range_index, number'),
      areaIds: await idsOf('area', 'id'),
      places: placesOf(queue),
    });
  }
  return opened;
}

function scheduleOf({ seats, areas }: QueuePlan): object {
  const inHours = (hours: number) => new Date(Date.now() + hours * MS_PER_HOUR).toISOString();
  const rows = Array.from({ length: Math.ceil(seats / SEATS_PER_ROW) }, (_, index) => ({
    section: `Block ${Math.floor(index / 20) + 1}`,
    row: String((index % 20) + 1),
    from: 1,
    to: Math.min(SEATS_PER_ROW, seats - index * SEATS_PER_ROW),
    price: PRICE,
  }));
  return {
    bookingStartAt: inHours(-1),
    bookingEndAt: inHours(24),
    startAt: inHours(48),
    endAt: inHours(50),
    ...(rows.length > 0 && { seats: rows }),
    ...(areas.length > 0 && {
      areas: areas.map((capacity, index) => ({
        name: `Area ${index + 1}`,
        capacity,
        price: PRICE,
      })),
    }),
  };
}
