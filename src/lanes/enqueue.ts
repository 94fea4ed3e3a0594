/** The only way into a lane: gives a command its job id and adds the job, once. */
import { hash } from 'node:crypto';
import type { AcceptedCommand, Command } from '../commands/command.ts';
import type { ReceiptReader } from '../db/reads/receipts.ts';
import { AcceptanceUnknown, mayBeAdded } from './acceptance-unknown.ts';
import type { JobAdder } from './add-jobs.ts';
import type { Backlog } from './backlog.ts';
import { jobIdOf, mintReceiptId, receiptIdOfKey } from './job-id.ts';
import { type LaneCounts, type LaneName, laneOf } from './lanes.ts';
import type { LaneQueues } from './queues.ts';
import type { RedisConnection } from './redis.ts';

/**
 * How long Redis remembers a key, in seconds. It bridges the time until the command's receipt is
 * written; from then on the receipt tells, for as long as outcomes are kept.
 */
const KEY_REMEMBERED_SECONDS = 24 * 3600;

export interface EnqueueRequest<Input extends object> {
  command: Command<string, Input>;
  input: Input;
  subject: string;
  userName: string | undefined;
  queueNumber: number | undefined;
  idempotencyKey: string | undefined;
  /** The command may not be added any more; only a retry of one that was may hear of it. */
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
  /** It could only have been a retry, and is none. */
  | { noRetry: true }
  /** The idempotency key belongs to another request of the same user. */
  | { keyReused: true };

export interface EnqueueDeps {
  redis: RedisConnection;
  adder: JobAdder;
  queues: LaneQueues;
  receipts: ReceiptReader;
  backlog: Backlog;
  settings: LaneCounts & { redisPrefix: string };
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
  const key = { receiptId: receiptIdOfKey(subject, idempotencyKey), lane, requestHash };
  const isFull = deps.backlog.isFull(lane);
  const mayAdd = !isFull && !isRetryOnly;
  const known = mayAdd ? await rememberKey(deps, key) : await lookKeyUp(deps, key);
  if (known.state === 'reused') return { keyReused: true };
  // The lane as it was when the key was used first: the lane counts may have changed since.
  if (known.state === 'there') {
    return { jobId: jobIdOf(known.lane, key.receiptId), lane: known.lane, isNew: false };
  }
  if (isRetryOnly) return { noRetry: true };
  return isFull ? { laneFull: lane } : add(deps, request, key);
}

async function add<Input extends object>(
  deps: EnqueueDeps,
  request: EnqueueRequest<Input>,
  { lane, receiptId, requestHash }: Key,
): Promise<Enqueued> {
  const jobId = jobIdOf(lane, receiptId);
  const adding = request.beforeAdd?.(jobId, lane);
  const data: AcceptedCommand<Input> = {
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
    await deps.adder.add(lane, { jobId, name: request.command.name, data });
  } catch (error) {
    deps.backlog.noteNotAdded(lane);
    adding?.end(error);
    throw mayBeAdded(deps.redis, error) ? new AcceptanceUnknown(jobId, error) : error;
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
  deps: Pick<EnqueueDeps, 'redis' | 'settings'>,
  receiptId: string,
): Promise<LaneName | undefined> {
  const remembered = await deps.redis.get(keyName(deps, receiptId));
  return remembered === null ? undefined : (remembered.split(' ')[0] as LaneName);
}

/** An idempotency key with the request that it came with. */
interface Key {
  receiptId: string;
  lane: LaneName;
  requestHash: string;
}

/** `there`: its command was enqueued, in this lane. */
type KnownKey = { state: 'unknown' | 'reused' } | { state: 'there'; lane: LaneName };

/** Notes whose request a key is, and tells what is known of the key already. */
async function rememberKey(deps: EnqueueDeps, key: Key): Promise<KnownKey> {
  const name = keyName(deps, key.receiptId);
  const [added, found] =
    (await deps.redis
      .pipeline()
      .set(name, asRemembered(key), 'EX', KEY_REMEMBERED_SECONDS, 'NX')
      .get(name)
      .exec()) ?? [];
  // A Redis that is full refuses the note alone: without it, a retry that goes another way would not find the command.
  const refused = added?.[0] ?? found?.[0];
  if (refused) throw refused;
  const isNew = added?.[1] === 'OK';
  const known = await judge(deps, key, isNew ? null : (found?.[1] as string | null));
  if (isNew && known.state === 'reused') {
    // Redis had forgotten the key: without this, the wrong request would own it from now on.
    await deps.redis.del(name);
  }
  return known;
}

/** What is known of a key whose command may not be added: a retry of what is there is no new command. */
async function lookKeyUp(deps: EnqueueDeps, key: Key): Promise<KnownKey> {
  return judge(deps, key, await deps.redis.get(keyName(deps, key.receiptId)));
}

/** Redis knows a key until its receipt does; the job tells whether the command ever got into its lane. */
async function judge(deps: EnqueueDeps, key: Key, remembered: string | null): Promise<KnownKey> {
  const [lane, requestHash] = (remembered?.split(' ') ?? []) as [LaneName?, string?];
  if (requestHash !== undefined && requestHash !== key.requestHash) return { state: 'reused' };
  const receipt = await deps.receipts.find(key.receiptId);
  if (receipt && receipt.requestHash !== key.requestHash) return { state: 'reused' };
  if (receipt) return { state: 'there', lane: receipt.lane as LaneName };
  const queue = lane && deps.queues.get(lane);
  const job = queue && (await queue.getJob(jobIdOf(lane, key.receiptId)));
  return job ? { state: 'there', lane } : { state: 'unknown' };
}

function asRemembered({ lane, requestHash }: Key): string {
  return `${lane} ${requestHash}`;
}

function keyName(deps: Pick<EnqueueDeps, 'settings'>, receiptId: string): string {
  return `${deps.settings.redisPrefix}:key:${receiptId}`;
}

/** Objects come out of their schema with their fields in its order, so equal requests match. */
function digest(request: unknown): string {
  return hash('sha256', JSON.stringify(request), 'base64url').slice(0, 22);
}
