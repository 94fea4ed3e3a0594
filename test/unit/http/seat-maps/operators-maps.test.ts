/** Operators' seat maps: built once for concurrent requests, and rebuilt when seats or reasons change. */
import { expect, test } from 'vitest';
import { CachedBody } from '../../../../src/http/cached-body.ts';
import { OperatorsMaps } from '../../../../src/http/seat-maps/operators-maps.ts';

const buyersMap = (etag: string) =>
  new CachedBody({ body: '{"scheduleId":4,"items":[{"id":1},{"id":2}]}', etag });

function theMaps() {
  const blocked = { reasons: new Map([[2, 'Camera']]), reads: 0 };
  const maps = new OperatorsMaps(async () => {
    blocked.reads += 1;
    return new Map(blocked.reasons);
  });
  return { blocked, maps };
}

test('concurrent operators share two reads and one compressed map', async () => {
  const { blocked, maps } = theMaps();
  const map = buyersMap('W/"4.a"');
  const seen = await Promise.all(Array.from({ length: 50 }, () => maps.of(map)));
  expect(blocked.reads).toBe(2);
  expect(new Set(seen).size).toBe(1);
  expect(JSON.parse(seen[0]?.text ?? '').items).toEqual([
    { id: 1, blockedReason: null },
    { id: 2, blockedReason: 'Camera' },
  ]);
  expect(await maps.of(map)).toBe(seen[0]);
});

test('other reasons and other seats are other maps', async () => {
  const { blocked, maps } = theMaps();
  const map = buyersMap('W/"4.a"');
  const first = await maps.of(map);
  blocked.reasons.set(1, 'Broken');
  const second = await maps.of(map);
  expect(JSON.parse(second.text).items[0].blockedReason).toBe('Broken');
  const third = await maps.of(buyersMap('W/"4.b"'));
  expect(new Set([first, second, third].map(({ etag }) => etag)).size).toBe(3);
  expect(map.text, 'the map of the buyers').not.toContain('Camera');
});
