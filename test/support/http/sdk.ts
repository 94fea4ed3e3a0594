/** Users of a running Seatlane, with the published client. */
import { SeatlaneOperator, type SeatlaneOptions, signIn } from '../../../src/client/index.ts';

/** The client of a new user, for the address of an API or of a proxy in front of it. */
export function userOf(
  base: string,
  subject: string,
  options: Partial<SeatlaneOptions> = {},
): SeatlaneOperator {
  const token = () => signIn(base, { subject });
  return new SeatlaneOperator({ baseUrl: base, token, ...options });
}

/** An admitted user. */
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
