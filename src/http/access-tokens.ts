/** Checks access tokens (JWT): signed by our own secret, or by an identity provider's published keys. */
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { isStorable } from '../commands/resources.ts';
import { Problem } from './problems.ts';

export interface AccessTokenSettings {
  jwtSecret: string | undefined;
  jwksUrl: string | undefined;
  jwtIssuer: string;
  jwtAudience: string;
}

/** Who asks. */
export interface Caller {
  subject: string;
  name: string | undefined;
  isAdmin: boolean;
}

/** A verification costs 0.1 ms of the event loop; a buyer comes back a dozen times in a minute. */
const REMEMBERED = { maxSize: 50_000, sizeCalculation: () => 1 };
const SUBJECT_LENGTH_MAX = 255;
/** Asymmetric only: an HMAC "signed" with a public key must never pass. */
const PUBLISHED_KEY_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'];
const ISSUED_SECONDS = 3600;

type Verify = (token: string, currentDate: Date) => Promise<JWTPayload>;

export class AccessTokens {
  readonly #settings: AccessTokenSettings;
  readonly #secret: Uint8Array;
  readonly #verify: Verify;
  readonly #known = new LRUCache<string, { caller: Caller; expiresAt: number }>(REMEMBERED);

  constructor(settings: AccessTokenSettings) {
    this.#settings = settings;
    this.#secret = new TextEncoder().encode(settings.jwtSecret ?? '');
    this.#verify = this.#makeVerify();
  }

  /**
   * Who a token names.
   * @param now in ms since 1970
   * @throws Problem TOKEN_EXPIRED or INVALID_TOKEN; SERVICE_UNAVAILABLE while the published keys cannot
   *   be fetched
   */
  async check(token: string, now: number): Promise<Caller> {
    const known = this.#known.get(token);
    if (known) {
      if (known.expiresAt > now) return known.caller;
      throw expired();
    }
    const payload = await this.#verify(token, new Date(now)).catch((error) => {
      throw toProblem(error);
    });
    const caller = toCaller(payload);
    this.#known.set(token, { caller, expiresAt: Number(payload.exp) * 1000 });
    return caller;
  }

  /**
   * Issues a token for any subject, without asking for a proof: for development only.
   * @param now in ms since 1970, by the clock that tokens are checked with
   */
  async issue(
    claims: { subject: string; name?: string | undefined; role?: string | undefined },
    now: number,
  ) {
    const issuedAt = Math.floor(now / 1000);
    const accessToken = await new SignJWT({
      ...(claims.name !== undefined && { name: claims.name }),
      ...(claims.role !== undefined && { role: claims.role }),
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(claims.subject)
      .setIssuer(this.#settings.jwtIssuer)
      .setAudience(this.#settings.jwtAudience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ISSUED_SECONDS)
      .sign(this.#secret);
    return { accessToken, tokenType: 'Bearer' as const, expiresIn: ISSUED_SECONDS };
  }

  #makeVerify(): Verify {
    const { jwksUrl, jwtIssuer: issuer, jwtAudience: audience } = this.#settings;
    const claims = { issuer, audience, requiredClaims: ['sub', 'exp'] };
    if (jwksUrl !== undefined) {
      const keys = createRemoteJWKSet(new URL(jwksUrl));
      const options = { ...claims, algorithms: PUBLISHED_KEY_ALGORITHMS };
      return async (token, currentDate) =>
        (await jwtVerify(token, keys, { ...options, currentDate })).payload;
    }
    const key = crypto.subtle.importKey(
      'raw',
      this.#secret as Uint8Array<ArrayBuffer>,
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['verify'],
    );
    const options = { ...claims, algorithms: ['HS256'] };
    return async (token, currentDate) =>
      (await jwtVerify(token, await key, { ...options, currentDate })).payload;
  }
}

function toCaller({ sub, name, role }: JWTPayload): Caller {
  const isSubject = typeof sub === 'string' && sub !== '' && sub.length <= SUBJECT_LENGTH_MAX;
  if (!isSubject || !isStorable(sub)) {
    const detail = `The token's sub must have 1 to ${SUBJECT_LENGTH_MAX} characters.`;
    throw new Problem('INVALID_TOKEN', { detail });
  }
  const isName = typeof name === 'string' && isStorable(name);
  return {
    subject: sub,
    name: isName ? name.slice(0, SUBJECT_LENGTH_MAX) : undefined,
    isAdmin: role === 'admin',
  };
}

/** The published keys came too late, with another status than 200, not as JSON, or not as keys. */
const OF_KEYS = new Set([errors.JWKSTimeout.code, errors.JOSEError.code, errors.JWKSInvalid.code]);

/** Which check failed is nobody's business but whether it makes sense to get a new token. */
function toProblem(error: unknown): Error {
  if (error instanceof errors.JWTExpired) return expired();
  const isOfToken = error instanceof errors.JOSEError && !OF_KEYS.has(error.code);
  if (isOfToken || error instanceof SyntaxError) {
    return new Problem('INVALID_TOKEN', { detail: 'The access token is not valid.' });
  }
  const detail = 'The keys that access tokens are signed with cannot be fetched at the moment.';
  return new Problem('SERVICE_UNAVAILABLE', { detail, retryAfterSeconds: 5 });
}

function expired(): Problem {
  return new Problem('TOKEN_EXPIRED', { detail: 'The access token has expired.' });
}
