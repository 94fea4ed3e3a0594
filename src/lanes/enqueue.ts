/** Enqueues commands: assigns the job id and adds the job to its lane once. Nothing else adds jobs to lanes. */
import { hash } from 'node:crypto';
import type { AcceptedCommand, Command } from '../commands/command.ts';
import type { EpochMs } from '../commands/epoch-ms.ts';
import type { ReceiptReader } from '../db/reads/receipts.ts';
import { AcceptanceUnknown } from './acceptance-unknown.ts';
import type { Backlog } from './backlog.ts';
import type { IdempotencyKeys, KeyUse, Remembered } from './idempotency/idempotency-keys.ts';
import { jobIdOf, mintReceiptId, receiptIdOfKey } from './job-id.ts';
import type { LaneProducer } from './lane-queue.ts';
import { type LaneCounts, type LaneName, laneOf } from './lanes.ts';

export interface EnqueueRequest<Input extends object> {
  command: Command<string, Input>;
  input: Input;
  subject: string;
  userName: string | undefined;
  queueNumber: number | undefined;
  /** As the client sent it, valid or not. */
  queueToken?: string | undefined;
  idempotencyKey: string | undefined;
  /** The queue token admits no new command; only a retry of an accepted one succeeds. */
  isRetryOnly: boolean;
  /** In ms since 1970 by PostgreSQL's clock. */
  acceptedAt: EpochMs;
  /** The request id in the logs. */
  requestId?: string | undefined;
  /** Called just before the job is added, so that the caller can start to listen for its outcome. */
  beforeAdd?: (jobId: string, lane: LaneName) => Adding | undefined;
}

/** The trace span of adding a job to its lane. */
export interface Adding {
  /** Stored with the job. */
  traceparent?: string | undefined;
  /** Called after the job was added, or with the error that prevented it. */
  end(error?: unknown): void;
}

export type Enqueued =
  | { jobId: string; lane: LaneName; isNew: boolean }
  /** Too many commands are pending in the lane. */
  | { laneFull: LaneName }
  /** The queue token admits no new command, and this is not a retry of an accepted one. */
  | { noRetry: true }
  /** The user already used the idempotency key for a different request. */
  | { keyReused: true };

export interface EnqueueDeps {
  keys: IdempotencyKeys;
  producer: LaneProducer;
  receipts: ReceiptReader;
  backlog: Backlog;
  settings: LaneCounts;
}

/**
 * Enqueues a command in its lane.
 * @returns the job and its lane, or why the command was not enqueued
 * @throws AcceptanceUnknown if the command may have been accepted; any other error of Redis or PostgreSQL means that it
 *   was not
 */
export async function enqueue<Input extends object>(
  deps: EnqueueDeps,
  request: EnqueueRequest<Input>,
): Promise<Enqueued> {
  const { command, input, subject, idempotencyKey, isRetryOnly } = request;
  const lane = laneOf(command.laneKey(input, subject), deps.settings);
  if (idempotencyKey === undefined) {
    if (isRetryOnly) return { noRetry: true };
    if (deps.backlog.isFull(lane)) return { laneFull: lane };
    return add(deps, request, {
      lane,
      receiptId: mintReceiptId(request.acceptedAt),
      requestHash: '',
    });
  }
  const requestHash = digest([command.name, input]);
  const receiptId = receiptIdOfKey(subject, idempotencyKey);
  const key = { receiptId, lane, requestHash, queueToken: request.queueToken };
  const isFull = deps.backlog.isFull(lane);
  const known = await useKey(deps, key, { isFull, isRetryOnly });
  if (known.state === 'reused') return { keyReused: true };
  // Use the lane of the key's first use, because the lane counts may have changed since.
  if (known.state === 'there') {
    return { jobId: jobIdOf(known.lane, receiptId), lane: known.lane, isNew: false };
  }
  if (known.state === 'refused') return { noRetry: true };
  return isFull ? { laneFull: lane } : add(deps, request, key);
}

async function add<Input extends object>(
  deps: EnqueueDeps,
  request: EnqueueRequest<Input>,
  { lane, receiptId, requestHash }: Omit<KeyUse, 'queueToken'>,
): Promise<Enqueued> {
  const jobId = jobIdOf(lane, receiptId);
  const adding = request.beforeAdd?.(jobId, lane);
  const accepted: AcceptedCommand<Input> = {
    subject: request.subject,
    userName: request.userName,
    input: request.input,
    acceptedAt: request.acceptedAt,
    requestHash,
    queueNumber: request.queueNumber,
    requestId: request.requestId,
    traceparent: adding?.traceparent,
  };
  deps.backlog.noteAdding(lane);
  try {
    // An existing job is left unchanged in any state, which makes a retry safe.
    await deps.producer.add(lane, [{ jobId, name: request.command.name, accepted }]);
  } catch (error) {
    deps.backlog.noteNotAdded(lane);
    adding?.end(error);
    throw deps.producer.mayHaveAdded(error) ? new AcceptanceUnknown(jobId, error) : error;
  }
  deps.backlog.noteAdded(lane);
  adding?.end();
  return { jobId, lane, isNew: true };
}

/**
 * The lane of the command with this idempotency key, as long as Redis remembers it.
 * @returns undefined if Redis does not; the caller then reads the receipt
 */
export async function laneOfKey(
  { keys }: Pick<EnqueueDeps, 'keys'>,
  receiptId: string,
): Promise<LaneName | undefined> {
  const remembered = await keys.find(receiptId);
  return remembered === undefined || remembered === 'refused' ? undefined : remembered.lane;
}

/**
 * `there`: the command was enqueued in this lane. `begun`: an earlier attempt used the key, and its command may still be
 * on its way to the lane. `unknown`: the key was never used. `reused`: the key was used for a different request.
 * `refused`: a retry with this key was refused, so the command must not be added any more.
 */
type KnownKey =
  | { state: 'there'; lane: LaneName }
  | { state: 'unknown' | 'begun' | 'reused' | 'refused' };

/**
 * Records that the key is used, or that it is refused if only a retry is allowed. Records nothing if the lane is full.
 * @returns what was known about the key before
 */
async function useKey(
  deps: EnqueueDeps,
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
  deps: EnqueueDeps,
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

/** Schemas return fields in a fixed order, so equal requests have equal digests. */
function digest(request: unknown): string {
  return hash('sha256', JSON.stringify(request), 'base64url').slice(0, 22);
}
