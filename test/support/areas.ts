/** Reads areas directly from the database. */
import type { TestLane } from './services/test-lane.ts';

/** The counts of an area, such as `3 held, 0 sold of 10`. */
export async function areaState(lane: TestLane, areaId: number): Promise<string> {
  const [row] = await lane.rows<{ line: string }>(
    `select held || ' held, ' || sold || ' sold of ' || capacity as line from area where id = ${areaId}`,
  );
  return row?.line ?? 'none';
}
