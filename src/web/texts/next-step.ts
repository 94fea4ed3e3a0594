/** What a user can do after a problem. */
import type { ProblemCode } from '../../client/codes.ts';

/**
 * What the page offers: the same action again, other seats, the page of the concert with its queue and dates, signing in, the
 * user's orders, or nothing.
 */
export type NextAction = 'retry' | 'other-seats' | 'queue' | 'sign-in' | 'orders' | 'none';

export interface NextStep {
  /** The label of the button or link; with the action `none` a sentence. */
  text: string;
  action: NextAction;
}

/** A step for each problem. The compiler demands one for each new code. */
export type NextSteps = Readonly<Record<ProblemCode | 'UNREACHABLE', NextStep>>;

/** For problems after which nothing on the page helps. */
export const only = (text: string): NextStep => ({ text, action: 'none' });
