/** Packed seat states, and the stream of changes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleOf, samplesOf } from '../../../support/deploy/metric-samples.ts';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { type StreamEvent, streamEvents } from '../../../support/http/stream-events.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';

let seatlane: TestSeatlane;
let ada: AdmittedUser;
beforeAll(async () => {
  seatlane = await startSeatlane();
  ada = await seatlane.client.admitted('ada');
});
afterAll(() => seatlane.stop());

const BITS = { available: 0, held: 1, sold: 2 };

interface Changes {
  version: string;
  /** A change has the id and state of a seat; a reset has all states. */
  changes: [number, string][];
  states?: string;
}
type Event = StreamEvent<Changes>;

const events = (path: string, user: AdmittedUser) =>
  streamEvents<Changes>(seatlane.client.base + path, user);

const book = (seatId: number | undefined) =>
  seatlane.client.command('POST', `/concerts/seats/${seatId}/book`, ada);

test('the packed states equal those in the list of seats', async () => {
  const schedule = await seatlane.client.schedule();
  await book(schedule.seats[2]?.id);
  const path = `/concerts/schedules/${schedule.id}/availability`;
  const { body, headers } = await seatlane.client.request('GET', path, ada);
  const seats = await seatlane.client.seats(schedule.id, ada);
  const bytes = Buffer.from(body.states, 'base64');
  const bits = seats.map((_, place) => ((bytes[place >> 2] as number) >> (2 * (place & 3))) & 3);
  expect(bits).toEqual(seats.map(({ state }) => BITS[state]));
  expect(body).toMatchObject({ scheduleId: schedule.id, seatCount: 10 });
  const again = await seatlane.client.request('GET', path, {
    ...ada,
    headers: { 'If-None-Match': headers.get('etag') as string },
  });
  expect(again.status).toBe(304);
});

test('reads of seats are counted by what was read and how it was answered', async () => {
  const { client } = seatlane;
  const schedule = await client.schedule();
  const count = async (read: string, answer: string) => {
    const samples = samplesOf((await client.request('GET', '/metrics')).body);
    return sampleOf(samples, 'seatlane_seat_read_seconds_count', { read, answer }) ?? 0;
  };
  const base = `/concerts/schedules/${schedule.id}`;
  const paths = {
    all: `${base}/seats`,
    in_state: `${base}/seats?state=sold`,
    packed: `${base}/availability`,
  };
  for (const [read, path] of Object.entries(paths)) {
    const before = [await count(read, 'database'), await count(read, 'not_modified')];
    const { headers } = await client.request('GET', path, ada);
    const unchanged = { 'If-None-Match': headers.get('etag') as string };
    await client.request('GET', path, { ...ada, headers: unchanged });
    const after = [await count(read, 'database'), await count(read, 'not_modified')];
    expect(after, read).toEqual(before.map((each) => each + 1));
    // A small schedule is read anew for each request.
    expect(await count(read, 'memory')).toBe(0);
  }
  const before = await count('all', 'database');
  await client.request('GET', '/concerts/schedules/999999/seats', ada);
  expect(await count('all', 'database')).toBe(before);
});

test('a stream sends all states and areas first, then each seat that changes', async () => {
  const schedule = await seatlane.client.schedule();
  const stream = events(`/concerts/schedules/${schedule.id}/events`, ada);
  const first = (await stream.next()).value as Event;
  expect(first.name).toBe('reset');
  const areas = (await stream.next()).value as Event;
  expect(areas).toMatchObject({ name: 'areas', data: { items: [] } });
  const seatId = schedule.seats[4]?.id as number;
  await book(seatId);
  const second = (await stream.next()).value as Event;
  expect(second).toMatchObject({ name: 'seats', data: { changes: [[seatId, 'held']] } });
  await stream.return(undefined);
});

test('a reconnect gets the missed changes; with an unknown version it gets all states', async () => {
  const schedule = await seatlane.client.schedule();
  const base = `/concerts/schedules/${schedule.id}`;
  const { body } = await seatlane.client.request('GET', `${base}/availability`, ada);
  const seatId = schedule.seats[6]?.id as number;
  await book(seatId);
  const missed = events(`${base}/events?version=${body.version}`, ada);
  const event = (await missed.next()).value as Event;
  expect(event).toMatchObject({ name: 'seats', data: { changes: [[seatId, 'held']] } });
  await missed.return(undefined);
  const unknown = events(`${base}/events?version=never.1`, ada);
  expect(((await unknown.next()).value as Event).name).toBe('reset');
  await unknown.return(undefined);
});

test('an API process ends its streams when it stops', async () => {
  const { client, services } = seatlane;
  const schedule = await client.schedule();
  const other = await startSeatlane({ services, workers: 0 });
  const response = await fetch(`${other.client.base}/concerts/schedules/${schedule.id}/events`, {
    headers: { Authorization: `Bearer ${ada.token}`, 'Queue-Token': ada.queueToken },
  });
  const reading = response.text();
  await other.stop();
  expect(await reading).toMatch(/^event: reset/);
});

test.each(['availability', 'events'])('%s of an unknown schedule returns 404', async (what) => {
  const answer = await seatlane.client.request('GET', `/concerts/schedules/999999/${what}`, ada);
  expect([answer.status, answer.body.code]).toEqual([404, 'SCHEDULE_NOT_FOUND']);
});
