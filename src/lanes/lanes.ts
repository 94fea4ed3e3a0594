/**
 * Which lane a key belongs to.
 *
 * A lane is one BullMQ queue. A key always meets the same lane, and a lane is consumed by one owner,
 * one batch at a time, in the order of enqueueing: so commands of one key never run at the same time
 * and never overtake each other. Commands of two keys may share a lane, and wait for each other
 * there. Nothing is promised about the order between lanes: what two lanes can both touch is
 * guarded by row locks and constraints.
 */
import { hash } from 'node:crypto';
import type { LaneKey } from '../commands/command.ts';

export type LaneKind = LaneKey['kind'];
export type LaneName = `${LaneKind}-${number}`;

export const LANE_KINDS: readonly LaneKind[] = ['seat', 'user'];

export interface LaneCounts {
  readonly seatLanes: number;
  readonly userLanes: number;
}

/** The lane of a key, by a hash that is the same in every process and on every machine. */
export function laneOf({ kind, key }: LaneKey, counts: LaneCounts): LaneName {
  return `${kind}-${hashOf(key) % laneCount(kind, counts)}`;
}

/** A seat that many want is asked for again and again, and a digest costs as much as checking the request. */
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

/** All lanes of the given kinds, in order. */
export function laneNames(counts: LaneCounts, kinds = LANE_KINDS): LaneName[] {
  return kinds.flatMap((kind) =>
    Array.from({ length: laneCount(kind, counts) }, (_, number): LaneName => `${kind}-${number}`),
  );
}
