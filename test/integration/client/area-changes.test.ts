/** The client's streams of areas: alone, and beside the seats. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Area, SeatlaneOperator } from '../../../src/client/index.ts';
import { admittedOf } from '../../support/http/sdk.ts';
import { type BreakingProxy, startBreakingProxy } from '../../support/network/breaking-proxy.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';
import { waitFor } from '../../support/wait-for.ts';

const AREAS = [
  { name: 'Standing', capacity: 20, price: 60 },
  { name: 'Box', capacity: 4, price: 90 },
];

let seatlane: TestSeatlane;
let proxy: BreakingProxy;
let buyer: SeatlaneOperator;
let looker: SeatlaneOperator;
beforeAll(async () => {
  seatlane = await startSeatlane();
  proxy = await startBreakingProxy(seatlane.client.base);
  buyer = await admittedOf(seatlane.client.base, 'buyer');
  looker = await admittedOf(proxy.base, 'looker');
});
afterAll(async () => {
  await proxy.stop();
  await seatlane.stop();
});

/** Notes what the looker is told of the areas of a schedule, and when the stream is connected, until `ending`. */
function watchAreas(id: number) {
  const ending = new AbortController();
  const told: Area[][] = [];
  const live: boolean[] = [];
  const watching = (async () => {
    const options = { signal: ending.signal, onLive: (isLive: boolean) => live.push(isLive) };
    for await (const areas of looker.areaChanges(id, options)) told.push(areas);
  })().catch((error) => error);
  return { told, live, ending, watching };
}

test('the stream of areas starts with all, and then yields each change once, also those during a disconnect', async () => {
  const { id } = await seatlane.client.schedule({ areas: AREAS, seats: undefined });
  const all = await buyer.areas(id);
  const ids = all.map((area) => area.id);
  const { told, live, ending, watching } = watchAreas(id);
  await waitFor('all areas', () => told.length === 1);
  expect(told[0]).toEqual(all);
  const hold = (index: number, quantity: number) =>
    buyer.order({ scheduleId: id, areas: [{ areaId: ids[index] as number, quantity }] });
  const tells = (held: number) =>
    waitFor(`${held} held places`, () => told.at(-1)?.some((area) => area.held === held));

  await hold(1, 3);
  await tells(3);
  proxy.isRefusing = true;
  proxy.cut();
  await waitFor('the broken line to be noticed', () => live.includes(false));
  await hold(0, 2);
  expect([live.at(-1), told.length]).toEqual([false, 2]);
  proxy.isRefusing = false;
  await tells(2);
  expect(told.slice(1)).toEqual([
    [{ ...all[1], available: 1, held: 3 }],
    [{ ...all[0], available: 18, held: 2 }],
  ]);
  ending.abort('enough');
  expect(await watching).toBe('enough');
});

test('one call tells the changes of seats and areas, with one stream', async () => {
  const { id, seats } = await seatlane.client.schedule({ areas: AREAS });
  const [standing] = await buyer.areas(id);
  const opened: string[] = [];
  const watcher = await admittedOf(seatlane.client.base, 'watcher', {
    fetch: (url, init) => {
      opened.push(new URL(url).pathname);
      return fetch(url, init);
    },
  });
  const told: Area[] = [];
  const onAreas = (areas: Area[]) => void told.push(...areas);
  for await (const changes of watcher.seatChanges(id, { onAreas })) {
    if (changes.length > 1) {
      const areas = [{ areaId: standing?.id as number, quantity: 1 }];
      await buyer.order({ scheduleId: id, seatIds: [seats[0]?.id as number], areas });
      continue;
    }
    expect(changes).toEqual([{ seatId: seats[0]?.id, state: 'held' }]);
    break;
  }
  expect(told.slice(0, 2).map(({ name }) => name)).toEqual(['Standing', 'Box']);
  expect(opened.filter((path) => path.endsWith('/events'))).toHaveLength(1);
  expect(opened.filter((path) => path.endsWith('/areas'))).toEqual([]);
});

test('a schedule without areas tells that it has none, once', async () => {
  const { id, seats } = await seatlane.client.schedule();
  const { told, live, ending, watching } = watchAreas(id);
  await waitFor('the empty list', () => told.length === 1);
  proxy.cut();
  await waitFor('the stream to be connected again', () => live.join() === 'true,false,true');
  const beside: Area[][] = [];
  const onAreas = (areas: Area[]) => void beside.push(areas);
  for await (const changes of looker.seatChanges(id, { onAreas })) {
    if (changes.length > 1) await buyer.book(seats[0]?.id as number);
    else break;
  }
  expect([told, beside]).toEqual([[[]], [[]]]);
  ending.abort('enough');
  await watching;
});
