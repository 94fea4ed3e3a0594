/** The TypeScript client of Seatlane for Node and browsers. It needs only `fetch`; docs/client.md is its guide. */

export type * from './api/catalogue/events.ts';
export type * from './api/catalogue/halls.ts';
export type * from './api/gates.ts';
export type * from './api/inputs.ts';
export type { Job } from './api/job.ts';
export type * from './api/operators.ts';
export type * from './api/payments.ts';
export type {
  Area,
  Balance,
  Booking,
  Concert,
  Order,
  PaidOrder,
  Payment,
  PointHistoryLine,
  QueueEntry,
  Schedule,
  Seat,
  WaitingQueue,
} from './api/resources.ts';
export type * from './api/sales.ts';
export type { StreamOptions } from './api/seats/schedule-stream.ts';
export type { SeatChangesOptions } from './api/seats/seat-changes.ts';
export type { SeatChange, SeatState } from './api/seats/seat-states.ts';
export { type Identity, signIn } from './api/sign-in.ts';
export type * from './api/tickets.ts';
export type {
  AdmissionOptions,
  EntryOptions,
  EntryReadOptions,
  QueueOptions,
  WaitingEnd,
} from './api/waiting-queue.ts';
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
export * from './gate.ts';
export * from './operator.ts';
export type * from './options.ts';
export { Seatlane } from './seatlane.ts';
export type { Page } from './transport/pages.ts';
