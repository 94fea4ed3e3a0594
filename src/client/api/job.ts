/** The job of a command, and the conversion of a finished job into a result or an error. */
import { CommandFailed, type ProblemDocument, Refusal } from '../errors.ts';

export interface Job {
  id: string;
  command: string;
  /** `rejected`: a rule refused the command. `failed`: it failed in every attempt. */
  state: 'queued' | 'running' | 'succeeded' | 'rejected' | 'failed';
  result: Record<string, unknown> | null;
  problem: ProblemDocument | null;
  createdAt: string;
  finishedAt: string | null;
}

export function pathOfJob(jobId: string): string {
  return `/jobs/${encodeURIComponent(jobId)}`;
}

export function isFinished({ state }: Job): boolean {
  return state !== 'queued' && state !== 'running';
}

/** Returns the result of a finished job. @throws Refusal or CommandFailed if it did not succeed */
export function resultOf(job: Job): unknown {
  if (job.state === 'succeeded') return job.result;
  const problem = job.problem ?? unknownProblem(job);
  throw job.state === 'rejected'
    ? new Refusal(problem, job.id)
    : new CommandFailed(problem, job.id);
}

/** A newer API may have final states that this client does not know; they count as failed. */
function unknownProblem({ state }: Job): ProblemDocument {
  const detail = `The job ended in the state "${state}" without a problem document.`;
  return { type: 'about:blank', title: 'No result', status: 500, detail, code: 'COMMAND_FAILED' };
}
