/** The only way into a lane: gives a command its job id and adds the job, once. */
import { hash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { AcceptedCommand, Command } from '../commands/command.ts';
import type { ReceiptReader } from '../db/reads/receipts.ts';
import type { Backlog } from './backlog.ts';
import { jobIdOf, mintReceiptId, receiptIdOfKey } from './job-id.ts';
import { type LaneCounts, type LaneName, laneOf } from './lanes.ts';
import type { LaneQueues } from './queues.ts';

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
  /** In ms since 1970 by PostgreSQL's clock. */
  acceptedAt: number;
  /** Called just before the job is added, for those who want to hear of its outcome. */
  beforeAdd?: (jobId: string) => void;
}

export type Enqueued =
  | { jobId: string; lane: LaneName; isNew: boolean }
  /** Too many commands wait in the lane. */
  | { laneFull: LaneName }
  /** The idempotency key belongs to another request of the same user. */
  | { keyReused: true };

export interface EnqueueDeps {
  redis: Redis;
  queues: LaneQueues;
  receipts: ReceiptReader;
  backlog: Backlog;
  settings: LaneCounts & { redisPrefix: string };
}

/**
 * Puts a command into its lane.
 * @returns where it is, or why it was not put there
 * @throws whatever Redis or PostgreSQL throw while they cannot be reached: nothing was enqueued, or
 *   the same request with its idempotency key finds what was
 */
export async function enqueue<Input extends object>(
  deps: EnqueueDeps,
  request: EnqueueRequest<Input>,
): Promise<Enqueued> {
  const { command, input, subject, idempotencyKey } = request;
  const lane = laneOf(command.laneKey(input, subject), deps.settings);
  const requestHash = idempotencyKey === undefined ? '' : digest([command.name, input]);
  const receiptId =
    idempotencyKey === undefined
      ? mintReceiptId(request.acceptedAt)
      : receiptIdOfKey(subject, idempotencyKey);
  const jobId = jobIdOf(lane, receiptId);

  const key = { receiptId, jobId, lane, requestHash };
  if (deps.backlog.isFull(lane)) {
    const known = idempotencyKey !== undefined && (await lookKeyUp(deps, key));
    if (known === 'reused') return { keyReused: true };
    return known === 'there' ? { jobId, lane, isNew: false } : { laneFull: lane };
  }
  let isNew = true;
  if (idempotencyKey !== undefined) {
    const known = await rememberKey(deps, key);
    if (known === 'reused') return { keyReused: true };
    if (known === 'finished') return { jobId, lane, isNew: false };
    isNew = known === 'new';
  }
  request.beforeAdd?.(jobId);

  const job: AcceptedCommand<Input> = {
    subject,
    userName: request.userName,
    input,
    acceptedAt: request.acceptedAt,
    requestHash,
    queueNumber: request.queueNumber,
  };
  // An id that is there already is left as it is, in whatever state: that is what a retry wants.
  await queueOf(deps.queues, lane).add(command.name, job, { jobId });
  deps.backlog.noteEnqueued(lane);
  return { jobId, lane, isNew };
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
  jobId: string;
  lane: LaneName;
  requestHash: string;
}

/** Notes whose request a key is, and tells what is known of the key already. */
async function rememberKey(
  deps: EnqueueDeps,
  key: Key,
): Promise<'new' | 'waiting' | 'finished' | 'reused'> {
  const name = keyName(deps, key.receiptId);
  const mine = asRemembered(key);
  const [added, found] =
    (await deps.redis
      .pipeline()
      .set(name, mine, 'EX', KEY_REMEMBERED_SECONDS, 'NX')
      .get(name)
      .exec()) ?? [];
  if (found?.[0]) throw found[0];
  if (found?.[1] !== mine) return 'reused';
  const receipt = await deps.receipts.find(key.receiptId);
  if (!receipt) return added?.[1] === 'OK' ? 'new' : 'waiting';
  if (receipt.requestHash === key.requestHash) return 'finished';
  // Redis had forgotten the key: without this, the wrong request would own it from now on.
  const { lane, requestHash } = receipt;
  await deps.redis.set(name, asRemembered({ lane, requestHash }), 'EX', KEY_REMEMBERED_SECONDS);
  return 'reused';
}

/** What is known of a key whose lane is full: a retry of what is there already is no new command. */
async function lookKeyUp(deps: EnqueueDeps, key: Key): Promise<'there' | 'unknown' | 'reused'> {
  const remembered = await deps.redis.get(keyName(deps, key.receiptId));
  if (remembered !== null && remembered !== asRemembered(key)) return 'reused';
  const [job, receipt] = await Promise.all([
    queueOf(deps.queues, key.lane).getJob(key.jobId),
    deps.receipts.find(key.receiptId),
  ]);
  if (receipt && receipt.requestHash !== key.requestHash) return 'reused';
  return job || receipt ? 'there' : 'unknown';
}

function asRemembered({ lane, requestHash }: { lane: string; requestHash: string }): string {
  return `${lane} ${requestHash}`;
}

function keyName(deps: Pick<EnqueueDeps, 'settings'>, receiptId: string): string {
  return `${deps.settings.redisPrefix}:key:${receiptId}`;
}

/** Objects come out of their schema with their fields in its order, so equal requests match. */
function digest(request: unknown): string {
  return hash('sha256', JSON.stringify(request), 'base64url').slice(0, 22);
}

function queueOf(queues: LaneQueues, lane: LaneName) {
  const queue = queues.get(lane);
  if (!queue) throw new Error(`There is no queue for lane ${lane}.`);
  return queue;
}
