/**
 * Enqueues commands of users: assigns the job id and adds the job to its lane once. Besides `system-commands.ts`, nothing else adds
 * jobs to lanes.
 */
import { hash } from 'node:crypto';
import type { AcceptedCommand, Command } from '../commands/command.ts';
import type { EpochMs } from '../commands/epoch-ms.ts';
import { AcceptanceUnknown } from './acceptance-unknown.ts';
import type { Backlog } from './backlog.ts';
import type { KeyUse } from './idempotency/idempotency-keys.ts';
import { type KeyDeps, useKey } from './idempotency/use-key.ts';
import { jobIdOf, mintReceiptId, receiptIdOfKey } from './job-id.ts';
import { type LaneCounts, type LaneName, laneOf } from './lanes.ts';

export interface EnqueueRequest<Input extends object> {
  command: Command<string, Input>;
  input: Input;
  subject: string;
  userName: string | undefined;
  entryId: number | undefined;
  /** As the client sent it, valid or not. */
  queueToken?: string | undefined;
  idempotencyKey: string | undefined;
  /** The queue token admits no new command; only a retry of an accepted one succeeds. */
  isRetryOnly: boolean;
  /** In ms since 1970 by PostgreSQL's clock. */
  acceptedAt: EpochMs;
  /** The request id in the logs. */
  requestId?: string | undefined;
  /** Called just before the job is added, so that the caller can start to listen for its outcome. If it throws, nothing is added. */
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

export interface EnqueueDeps extends KeyDeps {
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
    deps.backlog.noteAdding(lane);
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
  // Counted before the key is looked up: meanwhile, other requests could fill the lane.
  if (!isFull) deps.backlog.noteAdding(lane);
  const answered = await answerByKey(deps, key, { isFull, isRetryOnly }).catch((error: unknown) => {
    if (!isFull) deps.backlog.noteNotAdded(lane);
    throw error;
  });
  if (!answered && !isFull) return add(deps, request, key);
  if (!isFull) deps.backlog.noteNotAdded(lane);
  return answered ?? { laneFull: lane };
}

/** @returns the answer of a request that adds no command because of its key, or undefined if the command must be added */
async function answerByKey(
  deps: EnqueueDeps,
  key: KeyUse,
  options: { isFull: boolean; isRetryOnly: boolean },
): Promise<Enqueued | undefined> {
  const known = await useKey(deps, key, options);
  if (known.state === 'reused') return { keyReused: true };
  if (known.state === 'refused') return { noRetry: true };
  if (known.state !== 'there') return undefined;
  // Use the lane of the key's first use, because the lane counts may have changed since.
  return { jobId: jobIdOf(known.lane, key.receiptId), lane: known.lane, isNew: false };
}

/** The caller has counted the command with `noteAdding`. */
async function add<Input extends object>(
  deps: EnqueueDeps,
  request: EnqueueRequest<Input>,
  { lane, receiptId, requestHash }: Omit<KeyUse, 'queueToken'>,
): Promise<Enqueued> {
  const jobId = jobIdOf(lane, receiptId);
  let adding: Adding | undefined;
  try {
    adding = request.beforeAdd?.(jobId, lane);
  } catch (error) {
    deps.backlog.noteNotAdded(lane);
    throw error;
  }
  const accepted: AcceptedCommand<Input> = {
    subject: request.subject,
    userName: request.userName,
    input: request.input,
    acceptedAt: request.acceptedAt,
    requestHash,
    entryId: request.entryId,
    requestId: request.requestId,
    traceparent: adding?.traceparent,
  };
  let existing: readonly string[];
  try {
    // An existing job is left unchanged in any state, which makes a retry safe.
    existing = await deps.producer.add(lane, [{ jobId, name: request.command.name, accepted }]);
  } catch (error) {
    adding?.end(error);
    if (deps.producer.mayHaveAdded(error)) {
      deps.backlog.noteAdded(lane, jobId);
      throw new AcceptanceUnknown(jobId, error);
    }
    deps.backlog.noteNotAdded(lane);
    throw error;
  }
  const isNew = existing.length === 0;
  // No announcement takes an existing job off the count: it may have its outcome already.
  if (isNew) deps.backlog.noteAdded(lane, jobId);
  else deps.backlog.noteNotAdded(lane);
  adding?.end();
  // A concurrent request with the same key may have added it, at another time.
  return { jobId, lane, isNew };
}

/**
 * The lane of the command with this idempotency key, as long as Redis remembers it.
 * @returns undefined if Redis does not; the caller then reads the receipt
 */
export async function laneOfKey(
  { keys }: Pick<KeyDeps, 'keys'>,
  receiptId: string,
): Promise<LaneName | undefined> {
  const remembered = await keys.find(receiptId);
  return remembered === undefined || remembered === 'refused' ? undefined : remembered.lane;
}

/** Schemas return fields in a fixed order, so equal requests have equal digests. */
function digest(request: unknown): string {
  return hash('sha256', JSON.stringify(request), 'base64url').slice(0, 22);
}
