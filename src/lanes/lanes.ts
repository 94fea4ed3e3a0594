/**
 * Maps keys to lanes.
 *
 * A lane is one BullMQ queue. A key always maps to the same lane, and one owner consumes a lane, one batch at a time and
 * in enqueue order. So commands of one key never run concurrently and never overtake each other. Different keys may share
 * a lane and then wait for each other. There is no order between lanes: row locks and constraints protect rows that two
 * lanes can both change.
 */
import { hash } from 'node:crypto';
import { LANE_KINDS, type LaneKey } from '../commands/command.ts';

export { LANE_KINDS };

export type LaneKind = LaneKey['kind'];
export type LaneName = `${LaneKind}-${number}`;

export interface LaneCounts {
  readonly seatLanes: number;
  readonly userLanes: number;
}

/** The lane of a key, by a hash that is the same in every process. */
export function laneOf({ kind, key }: LaneKey, counts: LaneCounts): LaneName {
  return `${kind}-${hashOf(key) % laneCount(kind, counts)}`;
}

/** Cached, because a popular seat is requested again and again, and a digest costs as much as validating the request. */
const REMEMBERED_MAX = 10_000;
const hashes = new Map<string, number>();

function hashOf(key: string): number {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  if (hashes.size >= REMEMBERED_MAX) hashes.clear();
  const found = hash('sha1', key, 'buffer').readUInt32BE(0);
  hashes.set(key, found);
  return found;
}

export function laneCount(kind: LaneKind, counts: LaneCounts): number {
  return kind === 'seat' ? counts.seatLanes : counts.userLanes;
}

/** The number of lanes of each kind. */
export function laneCountsIn(counts: LaneCounts): { kind: LaneKind; lanes: number }[] {
  return LANE_KINDS.map((kind) => ({ kind, lanes: laneCount(kind, counts) }));
}

/** All lanes of the given kinds, in order. */
export function laneNames(counts: LaneCounts, kinds: readonly LaneKind[] = LANE_KINDS): LaneName[] {
  return kinds.flatMap((kind) =>
    Array.from({ length: laneCount(kind, counts) }, (_, number): LaneName => `${kind}-${number}`),
  );
}
