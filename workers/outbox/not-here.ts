/** Tells the failures of this process and its services from those of a provider, which alone use tries. */

/** The call cannot be made or answered by this process at the moment, which is not the provider's fault. */
export class NotHere extends Error {
  override readonly name = 'NotHere';
}

/** Says that what failed was not the provider. */
export function elsewhere<Result>(step: Promise<Result>): Promise<Result> {
  return step.catch((cause: unknown) => {
    throw new NotHere('The call cannot be read, or its answer cannot be enqueued.', { cause });
  });
}
