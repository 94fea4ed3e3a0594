/** Access tokens as an identity provider signs them, valid or invalid. */
import { SignJWT } from 'jose';
import { TEST_SECRET } from '../services/seatlane.ts';

const HOUR_S = 3600;

export interface TokenParts {
  /** Override or extend valid claims; an undefined claim is omitted. */
  claims?: Record<string, unknown>;
  secret?: string;
}

export function signToken({ claims = {}, secret = TEST_SECRET }: TokenParts = {}): Promise<string> {
  const now = nowInSeconds();
  const payload = {
    sub: 'ada',
    iss: 'seatlane',
    aud: 'seatlane',
    iat: now,
    exp: now + HOUR_S,
    ...claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret));
}

/** The current time in seconds since 1970, as in claims. */
export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** A token with another header or payload and its original signature. */
export function tamper(
  token: string,
  changes: { header?: object; payload?: object; signature?: string },
): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const change = (part: string, by: object = {}) =>
    Buffer.from(JSON.stringify({ ...JSON.parse(fromBase64Url(part)), ...by })).toString(
      'base64url',
    );
  return [
    change(header, changes.header),
    change(payload, changes.payload),
    changes.signature ?? signature,
  ].join('.');
}

function fromBase64Url(text: string): string {
  return Buffer.from(text, 'base64url').toString('utf8');
}
