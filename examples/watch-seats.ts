/**
 * Watches the seats of a performance until Ctrl-C, and prints each change of state. The client reconnects when the
 * stream breaks, without gaps or duplicates.
 *
 *   npx node examples/watch-seats.ts [URL]
 */
import { randomUUID } from 'node:crypto';
import { type SeatChange, Seatlane, signIn } from '../src/client/index.ts';
import { findApi } from './support/find-api.ts';

const baseUrl = findApi(process.argv[2]);
const subject = `watcher-${randomUUID().slice(0, 8)}`;
const seatlane = new Seatlane({ baseUrl, token: () => signIn(baseUrl, { subject }) });

const ending = new AbortController();
process.once('SIGINT', () => ending.abort());
const { signal } = ending;

try {
  await seatlane.enterQueue({ signal });
  await seatlane.untilAdmitted({ signal });
  const scheduleId = await firstSchedule();
  let isFirst = true;
  const onLive = (isLive: boolean) => console.log(isLive ? 'Connected' : 'Disconnected');
  for await (const changes of seatlane.seatChanges(scheduleId, { signal, onLive })) {
    if (isFirst) console.log(`Schedule ${scheduleId}: ${summary(changes)}`);
    else for (const { seatId, state } of changes) console.log(`Seat ${seatId} is ${state}`);
    isFirst = false;
  }
} catch (error) {
  if (!signal.aborted) throw error;
  console.log('Stopped');
}

async function firstSchedule(): Promise<number> {
  for await (const concert of seatlane.eachConcert({ signal })) {
    for await (const { id } of seatlane.eachBookableSchedule(concert.id, { signal })) return id;
  }
  throw new Error('Nothing is on sale.');
}

function summary(all: readonly SeatChange[]): string {
  const states = Map.groupBy(all, ({ state }) => state);
  return [...states].map(([state, seats]) => `${seats.length} ${state}`).join(', ');
}
