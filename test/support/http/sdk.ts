/** Users of a running Seatlane, by the client that everybody else has. */
import { SeatlaneOperator, type SeatlaneOptions, signIn } from '../../../src/client/index.ts';

/** A client of somebody who has not been here before, on the address of an API or of a proxy before it. */
export function userOf(
  base: string,
  subject: string,
  options: Partial<SeatlaneOptions> = {},
): SeatlaneOperator {
  const token = () => signIn(base, { subject });
  return new SeatlaneOperator({ baseUrl: base, token, ...options });
}

/** A user who is through the queue. */
export async function admittedOf(
  base: string,
  subject: string,
  options: Partial<SeatlaneOptions> = {},
): Promise<SeatlaneOperator> {
  const user = userOf(base, subject, options);
  await user.enterQueue();
  await user.untilAdmitted();
  return user;
}
