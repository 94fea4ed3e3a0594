/** The one way in which routes accept commands, and answer with their jobs. */
import type { Context } from 'hono';
import type { Command, Outcome } from '../../commands/command.ts';
import type { CommandStatus } from '../../lanes/command-status.ts';
import { type EnqueueDeps, enqueue } from '../../lanes/enqueue.ts';
import type { LaneName } from '../../lanes/lanes.ts';
import type { Outcomes } from '../../lanes/outcomes.ts';
import { isServiceAway } from '../../runtime/service-errors.ts';
import type { Caller } from '../auth/access-tokens.ts';
import type { AdmittedPlace } from '../auth/queue-tokens.ts';
import { RequestOverdue } from '../deadline.ts';
import { isProblemCode, Problem, problemAnswer } from '../problems/problems.ts';
import { headerOf, idempotencyKeyOf } from '../request.ts';
import type { RequestContext } from '../request-context.ts';
import { respondJson } from '../respond.ts';
import { type JobResourceDeps, toJob } from './job-resource.ts';
import type { Wait, Waits } from './waits.ts';

export interface JobDeps extends JobResourceDeps {
  enqueueDeps: EnqueueDeps;
  outcomes: Outcomes;
  waits: Waits;
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
  requestContext: RequestContext;
}

/** Enqueues a command and answers with its job: 202, or its outcome where it came within the wait. */
export async function acceptCommand<Input extends object>(
  deps: JobDeps,
  acceptance: Acceptance<Input>,
): Promise<Response> {
  const { c, caller, requestContext } = acceptance;
  const wait = deps.waits.open(c, caller.subject, requestContext);
  try {
    const accepted = await accept(deps, acceptance, wait);
    return await answerWithJob(deps, accepted, wait);
  } finally {
    wait.end();
  }
}

interface Accepted {
  status: CommandStatus;
  /** As the command was accepted. */
  fresh: CommandStatus;
  lane: LaneName;
}

/** Puts the command into its lane. @returns what is known of it when the wait is over */
async function accept<Input extends object>(
  deps: JobDeps,
  { c, caller, place, refusal, command, input, requestContext }: Acceptance<Input>,
  wait: Wait,
): Promise<Accepted> {
  const acceptedAt = deps.now();
  const enqueued = await enqueue(deps.enqueueDeps, {
    command,
    input,
    subject: caller.subject,
    userName: caller.name,
    queueNumber: place?.number,
    queueToken: headerOf(c, 'queue-token'),
    idempotencyKey: idempotencyKeyOf(c),
    isRetryOnly: refusal !== undefined,
    acceptedAt,
    requestId: requestContext.requestId,
    beforeAdd: (jobId, lane) => {
      // The client has been told that nothing was changed.
      if (requestContext.deadline?.isPassed) throw new RequestOverdue();
      wait.begin(jobId);
      requestContext.jobId = jobId;
      return requestContext.span?.enqueue({ jobId, lane, command: command.name });
    },
  });
  if ('keyReused' in enqueued) {
    const detail = 'This idempotency key was used for another request.';
    throw new Problem('IDEMPOTENCY_KEY_REUSED', { detail });
  }
  if ('noRetry' in enqueued) throw refusal ?? queueTokenInvalid();
  if ('laneFull' in enqueued) throw laneFull(deps, enqueued.laneFull);

  const { jobId, lane, isNew } = enqueued;
  requestContext.jobId = jobId;
  const fresh: CommandStatus = {
    jobId,
    command: command.name,
    subject: caller.subject,
    acceptedAt: new Date(acceptedAt),
    isRunning: false,
  };
  // A retry may come long after the outcome, which is not announced a second time: it has to be read.
  const status = isNew ? wait.statusOfNew(fresh) : wait.statusOf(fresh);
  return { status: await status.catch((error) => unlessAway(error, fresh)), lane, fresh };
}

/** The command is accepted, even where what has come of it cannot be read now. @throws other errors */
function unlessAway<Known>(error: unknown, known: Known): Known {
  if (!isServiceAway(error)) throw error;
  return known;
}

async function answerWithJob(
  deps: JobDeps,
  { status, lane, fresh }: Accepted,
  wait: Wait,
): Promise<Response> {
  const retryAfter = String(deps.enqueueDeps.backlog.retryAfterSeconds(lane));
  const headers = { Location: locationOf(status.jobId), 'Retry-After': retryAfter };
  const answerWith = async (job: Promise<object>) =>
    respondJson(await job, { status: 202, headers });
  try {
    if (wait.isAsked && status.finished) return await outcomeAnswer(deps, status);
    return await answerWith(toJob(deps, status));
  } catch (error) {
    return answerWith(toJob(deps, unlessAway(error, fresh)));
  }
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
