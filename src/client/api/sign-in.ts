/** Gets access tokens from the development issuer, which issues a token for any subject while it is enabled. */
import { checkOptions } from '../check-options.ts';
import type { CallOptions, SeatlaneOptions } from '../options.ts';
import { Connection } from '../transport/connection.ts';
import { RetryPolicy } from '../transport/retry-policy.ts';

export interface Identity {
  /** The id of the user, 1 to 255 characters. */
  subject: string;
  name?: string;
  /** `admin` opens the operators' commands, `gate` the check-in of tickets. */
  role?: 'user' | 'admin' | 'gate';
}

/**
 * @returns an access token
 * @throws ApiProblem NOT_FOUND if the issuer is disabled, as it is in production
 */
export async function signIn(
  baseUrl: string,
  identity: Identity,
  { signal, ...options }: CallOptions & Pick<SeatlaneOptions, 'fetch' | 'retries'> = {},
): Promise<string> {
  const settings = { baseUrl, ...options };
  checkOptions(settings);
  const retryPolicy = new RetryPolicy(new Connection(settings), settings);
  const request = { method: 'POST', path: '/auth/token', body: identity, signal } as const;
  return (await retryPolicy.send<{ accessToken: string }>(request)).body.accessToken;
}
