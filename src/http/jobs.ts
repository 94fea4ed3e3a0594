/** Jobs as clients see them, and the one way in which routes accept commands. */
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Command, Outcome } from '../commands/command.ts';
import type { QueuePlace } from '../commands/resources.ts';
import type { CommandStatus } from '../lanes/command-status.ts';
import { type EnqueueDeps, enqueue } from '../lanes/enqueue.ts';
import type { LaneName } from '../lanes/lanes.ts';
import type { Outcomes } from '../lanes/outcomes.ts';
import type { Caller } from './access-tokens.ts';
import type { jobSchema } from './openapi.ts';
import { isProblemCode, outcomeProblem, Problem, problemAnswer } from './problems.ts';
import type { AdmittedPlace } from './queue-tokens.ts';
import type { QueueView } from './queue-view.ts';
import { idempotencyKeyOf } from './request.ts';
import { respondJson } from './respond.ts';
import type { Trail } from './trail.ts';
import type { Wait, Waits } from './waits.ts';

export type JobResource = z.infer<typeof jobSchema>;

export interface JobDeps {
  enqueueDeps: EnqueueDeps;
  outcomes: Outcomes;
  waits: Waits;
  queueView: QueueView;
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): number;
}

export interface Acceptance<Input extends object> {
  c: Context;
  caller: Caller;
  place: AdmittedPlace | undefined;
  /** Why a new command is refused, where a retry of an old one may still hear of it. */
  refusal?: Problem | undefined;
  command: Command<string, Input>;
  input: Input;
  trail: Trail;
}

/** Enqueues a command and answers with its job: 202, or its outcome where it came within the wait. */
export async function acceptCommand<Input extends object>(
  deps: JobDeps,
  acceptance: Acceptance<Input>,
): Promise<Response> {
  const { c, caller } = acceptance;
  const wait = deps.waits.open(c, caller.subject);
  try {
    const accepted = await accept(deps, acceptance, wait);
    return await answerWithJob(deps, accepted, wait);
  } finally {
    wait.end();
  }
}

interface Accepted {
  status: CommandStatus;
  lane: LaneName;
}

/** Puts the command into its lane. @returns what is known of it when the wait is over */
async function accept<Input extends object>(
  deps: JobDeps,
  { c, caller, place, refusal, command, input, trail }: Acceptance<Input>,
  wait: Wait,
): Promise<Accepted> {
  const acceptedAt = deps.now();
  const enqueued = await enqueue(deps.enqueueDeps, {
    command,
    input,
    subject: caller.subject,
    userName: caller.name,
    queueNumber: place?.number,
    queueToken: c.req.header('queue-token'),
    idempotencyKey: idempotencyKeyOf(c),
    isRetryOnly: refusal !== undefined,
    acceptedAt,
    requestId: trail.requestId,
    beforeAdd: (jobId, lane) => {
      wait.begin(jobId);
      trail.jobId = jobId;
      return trail.span?.enqueue({ jobId, lane, command: command.name });
    },
  });
  if ('keyReused' in enqueued) {
    const detail = 'This idempotency key was used for another request.';
    throw new Problem('IDEMPOTENCY_KEY_REUSED', { detail });
  }
  if ('noRetry' in enqueued) throw refusal ?? queueTokenInvalid();
  if ('laneFull' in enqueued) throw laneFull(deps, enqueued.laneFull);

  const { jobId, lane, isNew } = enqueued;
  trail.jobId = jobId;
  const fresh: CommandStatus = {
    jobId,
    command: command.name,
    subject: caller.subject,
    acceptedAt: new Date(acceptedAt),
    isRunning: false,
  };
  // A retry may come long after the outcome, which is not announced a second time: it has to be read.
  const status = await (isNew ? wait.statusOfNew(fresh) : wait.statusOf(fresh));
  return { status, lane };
}

async function answerWithJob(
  deps: JobDeps,
  { status, lane }: Accepted,
  wait: Wait,
): Promise<Response> {
  if (wait.isAsked && status.finished) return outcomeAnswer(deps, status);
  const retryAfter = String(deps.enqueueDeps.backlog.retryAfterSeconds(lane));
  const headers = { Location: locationOf(status.jobId), 'Retry-After': retryAfter };
  return respondJson(await toJob(deps, status), { status: 202, headers });
}

function queueTokenInvalid(): Problem {
  const detail = 'This request was refused before, with the same queue token.';
  return new Problem('QUEUE_TOKEN_INVALID', { detail });
}

function laneFull({ enqueueDeps: { backlog } }: JobDeps, lane: LaneName): Problem {
  return new Problem('LANE_FULL', {
    detail: 'Too many commands wait already. This one was not accepted; try again later.',
    retryAfterSeconds: backlog.retryAfterSeconds(lane),
  });
}

async function outcomeAnswer(deps: JobDeps, status: CommandStatus): Promise<Response> {
  const { jobId } = status;
  const outcome = status.finished?.outcome as Outcome;
  const headers = { Location: locationOf(jobId), 'Preference-Applied': 'wait' };
  if (outcome.state === 'succeeded') return respondJson(await toJob(deps, status), { headers });
  const { code, detail, ...about } = outcome.problem;
  const isBusy = code === 'QUEUE_FULL';
  const details = {
    detail,
    ...about,
    jobId,
    ...(isBusy && { retryAfterSeconds: deps.queueView.windowSeconds }),
  };
  return problemAnswer(isProblemCode(code) ? code : 'COMMAND_FAILED', details, headers);
}

function locationOf(jobId: string): string {
  return `/jobs/${jobId}`;
}

/** A command's status as clients see it. */
export async function toJob(deps: JobDeps, status: CommandStatus): Promise<JobResource> {
  const { finished } = status;
  const outcome = finished?.outcome;
  const isDone = outcome?.state === 'succeeded';
  return {
    id: status.jobId,
    command: status.command,
    state: outcome?.state ?? (status.isRunning ? 'running' : 'queued'),
    result: isDone ? await presentResult(deps, status, outcome.result) : null,
    problem: outcome && !isDone ? outcomeProblem(outcome.problem) : null,
    createdAt: status.acceptedAt.toISOString(),
    finishedAt: finished ? new Date(finished.finishedAt).toISOString() : null,
  };
}

/** Places of the queue are completed here: what a receipt says of them is true for a moment only. */
async function presentResult(
  { queueView }: JobDeps,
  { command, subject }: CommandStatus,
  result: object,
): Promise<JobResource['result']> {
  if (command === 'leave-queue') return queueView.present(result as QueuePlace, subject);
  if (command === 'enter-queue') return queueView.presentNow(result as QueuePlace, subject);
  return { ...result };
}
