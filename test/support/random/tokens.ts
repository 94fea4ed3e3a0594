/** Correctly signed access tokens with random claims. */
import fc from 'fast-check';
import { CompactSign } from 'jose';
import { nowInSeconds } from '../http/tokens.ts';
import { TEST_SECRET } from '../services/seatlane.ts';
import { anyJson, anyNumber, anyText } from './values.ts';

const right = () => {
  const iat = nowInSeconds();
  return { sub: 'ada', iss: 'seatlane', aud: 'seatlane', iat, exp: iat + 3600 };
};

const odd = fc.record(
  {
    sub: fc.oneof(anyText, anyJson),
    name: fc.oneof(anyText, anyJson),
    role: fc.oneof(anyJson, fc.constant('admin')),
    exp: fc.oneof(anyNumber, anyJson),
    nbf: fc.oneof(anyNumber, anyJson),
    iat: fc.oneof(anyNumber, anyJson),
    iss: fc.oneof(anyJson, fc.constant(['seatlane'])),
    aud: fc.oneof(anyJson, fc.constant(['seatlane', 5])),
  },
  { requiredKeys: [] },
);

/** Claims with some unusual values, or a value that is not an object of claims. */
export const anyClaims: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(odd, fc.nat(7)).map(([claims, place]) => some(claims, place)) },
  { weight: 1, arbitrary: fc.oneof(odd, anyJson) },
);

/** Most claims are valid: otherwise the first check would refuse all tokens. */
function some(claims: object, place: number): object {
  const entries = Object.entries(claims);
  const chosen = entries.slice(place % Math.max(1, entries.length)).slice(0, 2);
  return { ...right(), ...Object.fromEntries(chosen) };
}

/** `SignJWT` of jose refuses most of these claims. */
export function signAnything(payload: unknown): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  return new CompactSign(bytes(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'HS256' })
    .sign(bytes(TEST_SECRET));
}
