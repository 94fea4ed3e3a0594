/** Accepts a command and responds with its job. All command routes use it. */
import type { Context } from 'hono';
import { type Command, HOUSE_QUEUE, type Outcome } from '../../commands/command.ts';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { CommandStatus } from '../../lanes/command-status.ts';
import { type EnqueueDeps, enqueue } from '../../lanes/enqueue.ts';
import type { LaneName } from '../../lanes/lanes.ts';
import type { Outcomes } from '../../lanes/outcomes.ts';
import { isServiceUnavailable } from '../../runtime/service-errors.ts';
import type { Caller } from '../auth/access-tokens.ts';
import type { AdmittedEntry } from '../auth/queue-tokens.ts';
import { RequestOverdue } from '../deadline.ts';
import { isProblemCode, Problem, problemResponse } from '../problems/problems.ts';
import type { QueuesInMemory } from '../queue/queues-in-memory.ts';
import { headerOf, idempotencyKeyOf } from '../request.ts';
import type { RequestContext } from '../request-context.ts';
import { respondJson } from '../respond.ts';
import { type JobResourceDeps, toJob } from './job-resource.ts';
import type { Wait, Waits } from './waits.ts';

export interface JobDeps extends JobResourceDeps {
  enqueueDeps: EnqueueDeps;
  outcomes: Outcomes;
  waits: Waits;
  queuesInMemory: QueuesInMemory;
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): EpochMs;
}

export interface Acceptance<Input extends object> {
  c: Context;
  caller: Caller;
  entry: AdmittedEntry | undefined;
  /** Why a new command is rejected; a retry of an accepted one still gets its outcome. */
  refusal?: Problem | undefined;
  command: Command<string, Input>;
  input: Input;
  requestContext: RequestContext;
}

/** Enqueues a command and responds with 202 and its job, or with its outcome if that arrives within the wait. */
export async function acceptCommand<Input extends object>(
  deps: JobDeps,
  acceptance: Acceptance<Input>,
): Promise<Response> {
  const { c, caller, requestContext } = acceptance;
  const wait = deps.waits.open(c, caller.subject, requestContext);
  try {
    const accepted = await accept(deps, acceptance, wait);
    return await respondWithJob(deps, accepted, { wait, caller });
  } finally {
    wait.end();
  }
}

interface Accepted {
  /** The latest known status. */
  status: CommandStatus;
  /** The status at acceptance, as a fallback. */
  initial: CommandStatus;
  lane: LaneName;
}

/** Enqueues the command in its lane. @returns its status at the end of the wait */
async function accept<Input extends object>(
  deps: JobDeps,
  { c, caller, entry, refusal, command, input, requestContext }: Acceptance<Input>,
  wait: Wait,
): Promise<Accepted> {
  const acceptedAt = deps.now();
  const enqueued = await enqueue(deps.enqueueDeps, {
    command,
    input,
    subject: caller.subject,
    userName: caller.name,
    entryId: entry?.id,
    queueToken: headerOf(c, 'queue-token'),
    idempotencyKey: idempotencyKeyOf(c),
    isRetryOnly: refusal !== undefined,
    acceptedAt,
    requestId: requestContext.requestId,
    beforeAdd: (jobId, lane) => {
      // The client was already told that nothing has changed.
      if (requestContext.deadline?.isPassed) throw new RequestOverdue();
      wait.begin(jobId);
      requestContext.jobId = jobId;
      return requestContext.span?.enqueue({ jobId, lane, command: command.name });
    },
  });
  if ('keyReused' in enqueued) {
    const detail = 'This idempotency key was already used for a different request.';
    throw new Problem('IDEMPOTENCY_KEY_REUSED', { detail });
  }
  if ('noRetry' in enqueued) throw refusal ?? queueTokenInvalid();
  if ('laneFull' in enqueued) throw laneFull(deps, enqueued.laneFull);

  const { jobId, lane, isNew } = enqueued;
  requestContext.jobId = jobId;
  const initial: CommandStatus = {
    jobId,
    command: command.name,
    subject: caller.subject,
    acceptedAt: new Date(acceptedAt),
    isRunning: false,
  };
  // An outcome is announced only once, so a retry reads it.
  const status = isNew ? wait.statusOfNew(initial) : wait.statusOf(initial);
  return { status: await status.catch((error) => ifUnavailable(error, initial)), lane, initial };
}

/**
 * Falls back to `known` if PostgreSQL or Redis is unavailable: the command is accepted even if its status cannot be read.
 * @throws every other error
 */
function ifUnavailable<Known>(error: unknown, known: Known): Known {
  if (!isServiceUnavailable(error)) throw error;
  return known;
}

async function respondWithJob(
  deps: JobDeps,
  { status, lane, initial }: Accepted,
  { wait, caller }: { wait: Wait; caller: Caller },
): Promise<Response> {
  const retryAfter = String(deps.enqueueDeps.backlog.retryAfterSeconds(lane));
  const headers = { Location: locationOf(status.jobId), 'Retry-After': retryAfter };
  const respondAccepted = async (job: Promise<object>) =>
    respondJson(await job, { status: 202, headers });
  try {
    if (wait.isRequested && status.finished) return await respondWithOutcome(deps, status, caller);
    return await respondAccepted(toJob(deps, status, caller));
  } catch (error) {
    return respondAccepted(toJob(deps, ifUnavailable(error, initial), caller));
  }
}

function queueTokenInvalid(): Problem {
  const detail = 'This request was already rejected with the same queue token.';
  return new Problem('QUEUE_TOKEN_INVALID', { detail });
}

function laneFull({ enqueueDeps: { backlog } }: JobDeps, lane: LaneName): Problem {
  return new Problem('LANE_FULL', {
    detail: 'Too many commands are pending. This one was not accepted; try again later.',
    retryAfterSeconds: backlog.retryAfterSeconds(lane),
  });
}

async function respondWithOutcome(
  deps: JobDeps,
  status: CommandStatus,
  caller: Caller,
): Promise<Response> {
  const { jobId } = status;
  const outcome = status.finished?.outcome as Outcome;
  const headers = { Location: locationOf(jobId), 'Preference-Applied': 'wait' };
  if (outcome.state === 'succeeded')
    return respondJson(await toJob(deps, status, caller), { headers });
  const { code, detail, ...about } = outcome.problem;
  const isQueueFull = code === 'QUEUE_FULL';
  const queueId = Number(about.queueId ?? HOUSE_QUEUE);
  const details = {
    detail,
    ...about,
    jobId,
    ...(isQueueFull && { retryAfterSeconds: deps.queuesInMemory.windowSecondsOf(queueId) }),
  };
  return problemResponse(isProblemCode(code) ? code : 'COMMAND_FAILED', details, headers);
}

function locationOf(jobId: string): string {
  return `/jobs/${jobId}`;
}
