/** Job routes: read a job, wait for its outcome, or stream its states. */
import type { Logger } from 'pino';
import { z } from 'zod';
import type { CommandStatus } from '../../lanes/command-status.ts';
import { laneOfKey } from '../../lanes/enqueue.ts';
import { jobIdOf, receiptIdOfKey } from '../../lanes/job-id.ts';
import type { LaneName } from '../../lanes/lanes.ts';
import type { Caller } from '../auth/access-tokens.ts';
import type { EventStream } from '../events/event-stream.ts';
import { type EventStreams, respondWithEvents } from '../events/event-streams.ts';
import { toEvent } from '../events/wire-event.ts';
import type { JobDeps } from '../jobs/accept-command.ts';
import { toJob } from '../jobs/job-resource.ts';
import type { Wait } from '../jobs/waits.ts';
import { Problem } from '../problems/problems.ts';
import { checkIdempotencyKey } from '../request.ts';
import { logFieldsOf } from '../request-context.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';
import { jobSchema } from '../schemas.ts';

const jobPath = z.object({ id: z.string() });

export function jobRoutes(deps: JobDeps & { eventStreams: EventStreams; log: Logger }): Route[] {
  /** Reads a job of the caller. Another user's job is reported as not found. */
  async function demandJob(jobId: string, caller: Caller): Promise<CommandStatus> {
    const status = await deps.outcomes.read(jobId);
    if (status?.subject === caller.subject) return status;
    throw new Problem('JOB_NOT_FOUND', { detail: `You have no job ${jobId}.` });
  }

  function readOrWait(status: CommandStatus, wait: Wait): Promise<CommandStatus> {
    return status.finished || !wait.isGranted ? Promise.resolve(status) : wait.statusOf(status);
  }

  async function pushStates(
    first: CommandStatus,
    { stream, caller }: { stream: EventStream; caller: Caller },
  ): Promise<void> {
    const { jobId } = first;
    let sentState = '';
    let stopWaiting = () => {};
    stream.onClose(() => stopWaiting());
    let status: CommandStatus | undefined = first;
    while (status && !stream.isClosed) {
      const job = await toJob(deps, status, caller);
      if (job.state !== sentState) stream.send(toEvent({ name: 'job', data: job }));
      sentState = job.state;
      if (status.finished || deps.outcomes.isStopping) return;
      const waiting = deps.outcomes.wait(jobId, deps.outcomes.pollIntervalMs);
      stopWaiting = waiting.stop;
      const finished = await waiting.outcome;
      status = finished ? { ...status, finished } : await deps.outcomes.read(jobId);
    }
  }

  async function jobIdOfKey(caller: Caller, given: string): Promise<string> {
    const receiptId = receiptIdOfKey(caller.subject, checkIdempotencyKey(given));
    const { enqueueDeps } = deps;
    const lane =
      (await laneOfKey(enqueueDeps, receiptId)) ??
      ((await enqueueDeps.receipts.find(receiptId))?.lane as LaneName | undefined);
    if (lane) return jobIdOf(lane, receiptId);
    throw new Problem('JOB_NOT_FOUND', { detail: 'You have no job with this idempotency key.' });
  }

  return [
    defineRoute({
      method: 'get',
      path: '/jobs',
      operationId: 'findJobByKey',
      tag: 'jobs',
      summary: 'Find your job by its idempotency key',
      access: 'user',
      query: z.strictObject({ idempotencyKey: z.string() }),
      response: { status: 200, schema: jobSchema, description: 'The job.' },
      problems: ['JOB_NOT_FOUND'],
      async handle({ caller, query }) {
        const jobId = await jobIdOfKey(caller, query.idempotencyKey);
        return respondJson(await toJob(deps, await demandJob(jobId, caller), caller));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/jobs/{id}',
      operationId: 'getJob',
      reads: 'Prefer',
      tag: 'jobs',
      summary: 'Get a job, or wait for its outcome with `Prefer: wait=N`',
      access: 'user',
      params: jobPath,
      response: {
        status: 200,
        schema: jobSchema,
        description: 'The job.',
        headers: ['Preference-Applied', 'Retry-After'],
      },
      problems: ['JOB_NOT_FOUND'],
      async handle({ c, caller, params, requestContext }) {
        const first = await demandJob(params.id, caller);
        const wait = deps.waits.open(c, caller.subject, requestContext);
        const status = await readOrWait(first, wait).finally(() => wait.end());
        const headers = {
          ...(wait.isGranted && { 'Preference-Applied': 'wait' }),
          ...(!status.finished && { 'Retry-After': '1' }),
        };
        return respondJson(await toJob(deps, status, caller), { headers });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/jobs/{id}/events',
      operationId: 'streamJobEvents',
      tag: 'jobs',
      summary: 'Stream a job’s states: one `job` event per change; ends after the last state',
      access: 'user',
      params: jobPath,
      response: {
        status: 200,
        type: 'text/event-stream',
        schema: z.string(),
        description: 'A stream of server-sent events.',
      },
      problems: ['JOB_NOT_FOUND', 'TOO_MANY_STREAMS'],
      async handle({ c, caller, params, requestContext }) {
        const first = await demandJob(params.id, caller);
        const stream = deps.eventStreams.open(c, caller.subject);
        return respondWithEvents(stream, deps.log.child(logFieldsOf(requestContext)), () =>
          pushStates(first, { stream, caller }),
        );
      },
    }),
  ];
}
