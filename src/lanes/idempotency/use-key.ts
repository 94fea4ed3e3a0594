/** Uses an idempotency key: records its first use, and finds what became of an earlier one. */
import type { ReceiptReader } from '../../db/reads/receipts.ts';
import { jobIdOf } from '../job-id.ts';
import type { LaneProducer } from '../lane-queue.ts';
import type { LaneName } from '../lanes.ts';
import type { IdempotencyKeys, KeyUse, Remembered } from './idempotency-keys.ts';

export interface KeyDeps {
  keys: IdempotencyKeys;
  producer: LaneProducer;
  receipts: ReceiptReader;
}

/**
 * `there`: the command was enqueued in this lane. `begun`: an earlier attempt used the key, and its command may still be
 * on its way to the lane. `unknown`: the key was never used. `reused`: the key was used for a different request.
 * `refused`: a retry with this key was refused, so the command must not be added any more.
 */
export type KnownKey =
  | { state: 'there'; lane: LaneName }
  | { state: 'unknown' | 'begun' | 'reused' | 'refused' };

/**
 * Records that the key is used, or that it is refused if only a retry is allowed. Records nothing if the lane is full.
 * @returns what was known about the key before
 */
export async function useKey(
  deps: KeyDeps,
  key: KeyUse,
  { isFull, isRetryOnly }: { isFull: boolean; isRetryOnly: boolean },
): Promise<KnownKey> {
  if (isRetryOnly) {
    const known = await judge(deps, key, await deps.keys.refuse(key));
    // An earlier attempt may still add the command. Both have the same receipt, so it takes effect once.
    return known.state === 'unknown' ? { state: 'refused' } : known;
  }
  if (isFull) return judge(deps, key, await deps.keys.find(key.receiptId));
  const remembered = await deps.keys.remember(key);
  const known = await judge(deps, key, remembered);
  // Redis had lost the key, so `remember` has just stored this different request under it. Delete it again.
  if (!remembered && known.state === 'reused') await deps.keys.forget(key.receiptId);
  return known;
}

/**
 * Checks the receipt first, because Redis may have lost the key and stored a different request since. Without a
 * receipt, the request that Redis remembers is compared, and the job shows whether the command reached its lane.
 */
async function judge(
  deps: KeyDeps,
  key: KeyUse,
  remembered: Remembered | undefined,
): Promise<KnownKey> {
  const receipt = await deps.receipts.find(key.receiptId);
  if (receipt && receipt.requestHash !== key.requestHash) return { state: 'reused' };
  if (receipt) return { state: 'there', lane: receipt.lane as LaneName };
  if (remembered === undefined) return { state: 'unknown' };
  if (remembered === 'refused') return { state: 'refused' };
  const { lane, requestHash } = remembered;
  if (requestHash !== key.requestHash) return { state: 'reused' };
  const job = await deps.producer.find(lane, jobIdOf(lane, key.receiptId));
  return job ? { state: 'there', lane } : { state: 'begun' };
}
