/** Failures of this process or its services delay the call; only the provider's failures use up a try. */

/** This process cannot make the call or enqueue its answer at the moment. The call is made later, without using up a try. */
export class CallPostponed extends Error {
  override readonly name = 'CallPostponed';
}

/** What tells the reasons of postponed calls apart in the log: PostgreSQL away is another one than a lane that does not respond. */
export function reasonOf({ message, cause }: CallPostponed): string {
  const { name = '', code = '' } = (cause ?? {}) as NodeJS.ErrnoException;
  return `${message} ${name} ${code}`;
}

/** Postpones the call if this step fails. @param step does not involve the provider @throws {CallPostponed} */
export function postponeOnFailure<Result>(step: Promise<Result>): Promise<Result> {
  return step.catch((cause: unknown) => {
    throw new CallPostponed('The call cannot be read, or its answer cannot be enqueued.', {
      cause,
    });
  });
}
