/**
 * The key pair with which the API signs queue tokens and waiting tickets. It is not the key of access tokens, so that none of
 * them can pass as an access token.
 */
import { createPrivateKey, createPublicKey, hash, hkdfSync, type KeyObject } from 'node:crypto';

/** The issuer (`iss`) of everything that is signed with this key. */
export const ISSUER = 'seatlane';
/** The only algorithm of this key. */
export const ALGORITHM = 'EdDSA';
/** The PKCS #8 prefix of an Ed25519 private key (RFC 8410); the 32 bytes of the seed follow. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

export class SigningKey {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #id: string;

  /** @param secret the key pair is derived from it, so that all API processes use the same keys */
  constructor(secret: string) {
    const seed = Buffer.from(hkdfSync('sha256', secret, '', 'seatlane queue token', 32));
    const der = Buffer.concat([PKCS8_ED25519, seed]);
    this.#privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    this.#publicKey = createPublicKey(this.#privateKey);
    this.#id = hash('sha256', this.#publicKey.export({ format: 'der', type: 'spki' }), 'base64url');
  }

  get privateKey(): KeyObject {
    return this.#privateKey;
  }

  get publicKey(): KeyObject {
    return this.#publicKey;
  }

  /** The key's id, for the header `kid`. */
  get id(): string {
    return this.#id;
  }

  /** The public key, with which third parties can verify what is signed (RFC 8037). */
  get publicJwk(): object {
    return {
      ...this.#publicKey.export({ format: 'jwk' }),
      kid: this.#id,
      use: 'sig',
      alg: ALGORITHM,
    };
  }
}
