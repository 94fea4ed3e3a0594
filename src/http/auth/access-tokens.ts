/** Checks access tokens (JWT), signed with our own secret or by an identity provider that publishes its keys. */
import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
  SignJWT,
} from 'jose';
import { LRUCache } from 'lru-cache';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { firstCharacters, isStorable, lengthOf } from '../../commands/schemas/text.ts';
import { Problem } from '../problems/problems.ts';
import { expired, toProblem } from './token-problems.ts';

export interface AccessTokenSettings {
  jwtSecret: string | undefined;
  jwksUrl: string | undefined;
  jwtIssuer: string;
  jwtAudience: string;
}

/** What an access token lets its user do besides buying: operate the sale, or check tickets at an entrance. */
export const ROLES = ['admin', 'gate'] as const;
export type Role = (typeof ROLES)[number];

/** The authenticated user of a request. */
export interface Caller {
  subject: string;
  name: string | undefined;
  /** undefined for a buyer. */
  role: Role | undefined;
  isAdmin: boolean;
  /** The only performance at whose entrance the token is valid; undefined: at any. */
  scheduleId?: number | undefined;
}

/** Verified tokens. One verification costs 0.1 ms of the event loop, and a buyer sends a dozen requests a minute. */
const REMEMBERED = { maxSize: 50_000, sizeCalculation: () => 1 };
/** The length limit of a subject or name, in code points, as PostgreSQL counts them. */
export const SUBJECT_LENGTH_MAX = 255;
/** The clock skew between the identity provider and PostgreSQL that is tolerated when `exp` and `nbf` are checked. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** Asymmetric only: an HMAC "signed" with a public key must never pass. */
const PUBLISHED_KEY_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'];
const ISSUED_SECONDS = 3600;

/** The claims that the development issuer puts into a token. */
export interface IssuedClaims {
  subject: string;
  name?: string | undefined;
  role?: string | undefined;
  /** The only performance at whose entrance the token is valid. */
  scheduleId?: number | undefined;
  /** How long the token is valid, in seconds; an hour by default. */
  validSeconds?: number | undefined;
}

type Verify = (token: string, currentDate: Date) => Promise<JWTPayload>;

export class AccessTokens {
  readonly #settings: AccessTokenSettings;
  readonly #secret: Uint8Array;
  readonly #verify: Verify;
  readonly #known = new LRUCache<string, { caller: Caller; expiresAt: EpochMs }>(REMEMBERED);

  constructor(settings: AccessTokenSettings) {
    this.#settings = settings;
    this.#secret = new TextEncoder().encode(settings.jwtSecret ?? '');
    this.#verify = this.#makeVerify();
  }

  /**
   * Verifies a token and returns the user that it names.
   * @param now in ms since 1970
   * @throws Problem TOKEN_EXPIRED or INVALID_TOKEN; SERVICE_UNAVAILABLE if the published keys cannot be fetched
   */
  async check(token: string, now: EpochMs): Promise<Caller> {
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

  /** Whether the API has the key of access tokens. With an identity provider it has not. */
  get canIssue(): boolean {
    return this.#settings.jwksUrl === undefined;
  }

  /**
   * Issues a token for any subject, without authentication: for development, and for gates that an operator opens.
   * @param now in ms since 1970, by the clock that tokens are checked with
   */
  async issue(claims: IssuedClaims, now: EpochMs) {
    const issuedAt = Math.floor(now / 1000);
    const expiresIn = claims.validSeconds ?? ISSUED_SECONDS;
    const accessToken = await new SignJWT({
      ...(claims.name !== undefined && { name: claims.name }),
      ...(claims.role !== undefined && { role: claims.role }),
      ...(claims.scheduleId !== undefined && { schedule: claims.scheduleId }),
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(claims.subject)
      .setIssuer(this.#settings.jwtIssuer)
      .setAudience(this.#settings.jwtAudience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + expiresIn)
      .sign(this.#secret);
    return { accessToken, tokenType: 'Bearer' as const, expiresIn };
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

/** Tries every published key that fits the token's algorithm, because a token need not name its key (`kid`). */
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

function toCaller({ sub, name, role, schedule }: JWTPayload): Caller {
  const isSubject = typeof sub === 'string' && sub !== '' && lengthOf(sub) <= SUBJECT_LENGTH_MAX;
  if (!isSubject || !isStorable(sub)) {
    const detail = `The claim \`sub\` of the access token must have 1 to ${SUBJECT_LENGTH_MAX} valid characters.`;
    throw new Problem('INVALID_TOKEN', { detail });
  }
  const isSchedule = typeof schedule === 'number' && Number.isSafeInteger(schedule) && schedule > 0;
  if (schedule !== undefined && !isSchedule) {
    const detail = 'The claim `schedule` of the access token must be the id of a schedule.';
    throw new Problem('INVALID_TOKEN', { detail });
  }
  const isName = typeof name === 'string' && isStorable(name);
  return {
    subject: sub,
    name: isName ? firstCharacters(name, SUBJECT_LENGTH_MAX) : undefined,
    role: ROLES.find((each) => each === role),
    isAdmin: role === 'admin',
    scheduleId: isSchedule ? schedule : undefined,
  };
}
