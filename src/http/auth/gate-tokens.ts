/** The access tokens of gates: each admits to one performance, under a name that stays the same for the same gate. */
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { OpenedGate } from '../../commands/schemas/gates.ts';
import type { AccessTokens } from './access-tokens.ts';

/** The evening of a performance. A phone that is stolen stays a gate for so long. */
const VALID_SECONDS = 12 * 3600;

/**
 * Issues a token for a gate that an operator has opened. Its subject follows from the gate alone: idempotency keys belong to a
 * subject, so a scan that was sent with an older token of the gate is known again.
 * @param now in ms since 1970
 * @returns a null token if an identity provider issues the access tokens
 */
export async function issueGateToken(
  { accessTokens, now }: { accessTokens: AccessTokens; now(): EpochMs },
  { scheduleId, gate }: OpenedGate,
): Promise<
  { accessToken: string; tokenType: 'Bearer'; expiresIn: number } | { accessToken: null }
> {
  if (!accessTokens.canIssue) return { accessToken: null };
  const subject = `gate:${scheduleId}:${gate}`;
  const claims = { subject, role: 'gate', scheduleId, validSeconds: VALID_SECONDS };
  return accessTokens.issue(claims, now());
}
