/** Failures of this process or its services delay the call; only the provider's failures use up a try. */

/** This process cannot make the call or enqueue its answer at the moment. The call is made later, without using up a try. */
export class CallPostponed extends Error {
  override readonly name = 'CallPostponed';
}

/** Postpones the call if this step fails. @param step does not involve the provider @throws {CallPostponed} */
export function postponeOnFailure<Result>(step: Promise<Result>): Promise<Result> {
  return step.catch((cause: unknown) => {
    throw new CallPostponed('The call cannot be read, or its answer cannot be enqueued.', {
      cause,
    });
  });
}
