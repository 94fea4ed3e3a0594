/** Checks access tokens (JWT): signed by our own secret, or by an identity provider's published keys. */
import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
  SignJWT,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { firstCharacters, isStorable, lengthOf } from '../../commands/schemas/text.ts';
import { Problem } from '../problems/problems.ts';

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
/** Characters of a subject or a name, in code points, as the columns of PostgreSQL count them. */
export const SUBJECT_LENGTH_MAX = 255;
/** How far an identity provider's clock may be from PostgreSQL's when `exp` and `nbf` are checked. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** Asymmetric only: an HMAC "signed" with a public key must never pass. */
const PUBLISHED_KEY_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'];
const ISSUED_SECONDS = 3600;

/** What the development issuer puts into a token. */
export interface IssuedClaims {
  subject: string;
  name?: string | undefined;
  role?: string | undefined;
}

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
    const expiresAt = (Number(payload.exp) + CLOCK_TOLERANCE_SECONDS) * 1000;
    this.#known.set(token, { caller, expiresAt });
    return caller;
  }

  /**
   * Issues a token for any subject, without asking for a proof: for development only.
   * @param now in ms since 1970, by the clock that tokens are checked with
   */
  async issue(claims: IssuedClaims, now: number) {
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
    const clockTolerance = CLOCK_TOLERANCE_SECONDS;
    const claims = { issuer, audience, clockTolerance, requiredClaims: ['sub', 'exp'] };
    if (jwksUrl !== undefined) {
      const keys = createRemoteJWKSet(new URL(jwksUrl));
      const options = { ...claims, algorithms: PUBLISHED_KEY_ALGORITHMS };
      return (token, currentDate) => verifyByAnyOf(keys, token, { ...options, currentDate });
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

/** A token may name no key (`kid`): then each published key that fits its algorithm is tried. */
async function verifyByAnyOf(
  keys: ReturnType<typeof createRemoteJWKSet>,
  token: string,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      const verified = await jwtVerify(token, key, options).catch((failure: unknown) => {
        if (failure instanceof errors.JWSSignatureVerificationFailed) return undefined;
        throw failure;
      });
      if (verified) return verified.payload;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function toCaller({ sub, name, role }: JWTPayload): Caller {
  const isSubject = typeof sub === 'string' && sub !== '' && lengthOf(sub) <= SUBJECT_LENGTH_MAX;
  if (!isSubject || !isStorable(sub)) {
    const detail = `The token's sub must have 1 to ${SUBJECT_LENGTH_MAX} characters.`;
    throw new Problem('INVALID_TOKEN', { detail });
  }
  const isName = typeof name === 'string' && isStorable(name);
  return {
    subject: sub,
    name: isName ? firstCharacters(name, SUBJECT_LENGTH_MAX) : undefined,
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
