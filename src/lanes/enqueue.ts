/** The only way into a lane: gives a command its job id and adds the job, once. */
import { hash } from 'node:crypto';
import type { AcceptedCommand, Command } from '../commands/command.ts';
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
  /** The queue token admits no new command; only a retry of one that was accepted before is served. */
  isRetryOnly: boolean;
  /** In ms since 1970 by PostgreSQL's clock. */
  acceptedAt: number;
  /** The request as logs know it. */
  requestId?: string | undefined;
  /** Called just before the job is added, for those who want to hear of its outcome. */
  beforeAdd?: (jobId: string, lane: LaneName) => Adding | undefined;
}

/** A job on its way into its lane, for whoever traces it. */
export interface Adding {
  /** Travels with the job. */
  traceparent?: string | undefined;
  /** Called when the job is there, or could not be added. */
  end(error?: unknown): void;
}

export type Enqueued =
  | { jobId: string; lane: LaneName; isNew: boolean }
  /** Too many commands wait in the lane. */
  | { laneFull: LaneName }
  /** The queue token admits no new command, and this is no retry of an earlier one. */
  | { noRetry: true }
  /** The idempotency key belongs to another request of the same user. */
  | { keyReused: true };

export interface EnqueueDeps {
  keys: IdempotencyKeys;
  producer: LaneProducer;
  receipts: ReceiptReader;
  backlog: Backlog;
  settings: LaneCounts;
}

/**
 * Puts a command into its lane.
 * @returns where it is, or why it was not put there
 * @throws AcceptanceUnknown where the command may have been accepted; whatever else Redis or PostgreSQL throw while they
 *   cannot be reached: then it was not
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
  // The lane as it was when the key was used first: the lane counts may have changed since.
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
    // An id that is there already is left as it is, in whatever state: that is what a retry wants.
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
 * The lane in which the command with this idempotency key went, while Redis remembers it.
 * @returns undefined where it does not; the receipt may still tell
 */
export async function laneOfKey(
  { keys }: Pick<EnqueueDeps, 'keys'>,
  receiptId: string,
): Promise<LaneName | undefined> {
  const remembered = await keys.find(receiptId);
  return remembered === undefined || remembered === 'refused' ? undefined : remembered.lane;
}

/**
 * `there`: its command was enqueued, in this lane. `begun`: an earlier try is remembered, and its command may be on its
 * way into its lane.
 */
type KnownKey =
  | { state: 'there'; lane: LaneName }
  | { state: 'unknown' | 'begun' | 'reused' | 'refused' };

/** Notes that a key is used, where its command may still be added, and tells what is known of the key already. */
async function useKey(
  deps: EnqueueDeps,
  key: KeyUse,
  { isFull, isRetryOnly }: { isFull: boolean; isRetryOnly: boolean },
): Promise<KnownKey> {
  if (isRetryOnly) {
    const known = await judge(deps, key, await deps.keys.refuse(key));
    // An earlier try that has begun may take effect yet: under the same job id the lane decides, once, for both.
    return known.state === 'unknown' ? { state: 'refused' } : known;
  }
  if (isFull) return judge(deps, key, await deps.keys.find(key.receiptId));
  const remembered = await deps.keys.remember(key);
  const known = await judge(deps, key, remembered);
  // Redis had forgotten the key: without this, the wrong request would own it from now on.
  if (!remembered && known.state === 'reused') await deps.keys.forget(key.receiptId);
  return known;
}

/**
 * The receipt is asked first: Redis may have forgotten the key, and remember a wrong request that came since. Without
 * a receipt Redis knows the key's request, and the job tells whether the command ever got into its lane.
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

/** Objects come out of their schema with their fields in its order, so equal requests match. */
function digest(request: unknown): string {
  return hash('sha256', JSON.stringify(request), 'base64url').slice(0, 22);
}
