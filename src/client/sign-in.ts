/** Access tokens of the development issuer, which gives anybody a token for any subject while it is on. */
import { checkOptions } from './check-options.ts';
import { Connection } from './connection.ts';
import type { CallOptions, SeatlaneOptions } from './options.ts';
import { Patience } from './patience.ts';

export interface Identity {
  /** Who the user is: 1 to 255 characters. */
  subject: string;
  name?: string;
  /** `admin` opens the operators' commands. */
  role?: 'user' | 'admin';
}

/**
 * @returns an access token
 * @throws ApiProblem NOT_FOUND where the issuer is off, as it is in production
 */
export async function signIn(
  baseUrl: string,
  identity: Identity,
  { signal, ...options }: CallOptions & Pick<SeatlaneOptions, 'fetch' | 'retries'> = {},
): Promise<string> {
  const settings = { baseUrl, ...options };
  checkOptions(settings);
  const patience = new Patience(new Connection(settings), settings);
  const request = { method: 'POST', path: '/auth/token', body: identity, signal } as const;
  return (await patience.ask<{ accessToken: string }>(request)).body.accessToken;
}
