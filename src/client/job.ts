/** A command's job as the API shows it, and what its end means to who sent the command. */
import { CommandFailed, type ProblemDocument, Refusal } from './errors.ts';

export interface Job {
  id: string;
  command: string;
  /** `rejected`: a rule said no. `failed`: the system gave it up. */
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

/** The result of a finished job. @throws Refusal or CommandFailed where it has none */
export function resultOf(job: Job): unknown {
  if (job.state === 'succeeded') return job.result;
  const problem = job.problem ?? unexplained(job);
  throw job.state === 'rejected'
    ? new Refusal(problem, job.id)
    : new CommandFailed(problem, job.id);
}

/** A newer API may end jobs in a way that this client does not know: it is no success. */
function unexplained({ state }: Job): ProblemDocument {
  const detail = `The job ended as ${state}, without a problem that says why.`;
  return { type: 'about:blank', title: 'No result', status: 500, detail, code: 'COMMAND_FAILED' };
}
