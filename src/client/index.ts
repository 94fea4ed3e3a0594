/** The TypeScript client of Seatlane for Node and browsers. It needs only `fetch`; docs/client.md is its guide. */

export { PROBLEM_CODES, type ProblemCode, REFUSAL_CODES, type RefusalCode } from './codes.ts';
export {
  ApiProblem,
  CommandFailed,
  Interrupted,
  type ProblemDocument,
  ProblemError,
  Refusal,
  SeatlaneError,
  Unreachable,
} from './errors.ts';
export type * from './inputs.ts';
export type { Job } from './job.ts';
export * from './operator.ts';
export type * from './options.ts';
export type { Page } from './pages.ts';

export type {
  Balance,
  Booking,
  Concert,
  Payment,
  PointHistoryLine,
  QueueEntry,
  Schedule,
  Seat,
} from './resources.ts';
export type { SeatChangesOptions } from './seat-changes.ts';
export type { SeatChange, SeatState } from './seat-states.ts';
export { Seatlane } from './seatlane.ts';
export { type Identity, signIn } from './sign-in.ts';
export type { AdmissionOptions, QueueOptions } from './waiting-queue.ts';
