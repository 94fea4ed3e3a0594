/**
 * The key pairs with which the API signs: one for queue tokens and waiting tickets, others for the codes of tickets. None is
 * the key of access tokens, so that nothing signed with them can pass as an access token.
 */
import {
  createPrivateKey,
  createPublicKey,
  hash,
  hkdfSync,
  type KeyObject,
  sign,
} from 'node:crypto';

/** The issuer (`iss`) of queue tokens and waiting tickets. */
export const ISSUER = 'seatlane';
/** The only algorithm of these keys. */
export const ALGORITHM = 'EdDSA';
/** What a key signs. Keys of one secret differ by it, so that nothing signed for one purpose passes for another. */
const PURPOSES = { queue: 'seatlane queue token', ticket: 'seatlane ticket' } as const;
/** The PKCS #8 prefix of an Ed25519 private key (RFC 8410); the 32 bytes of the seed follow. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

export class SigningKey {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #id: string;

  /**
   * @param secret the key pair is derived from it (HKDF, RFC 5869), so that all API processes use the same keys
   * @param idLength the length of the key's id, in characters; all of a SHA-256 by default
   */
  constructor(secret: string, purpose: keyof typeof PURPOSES = 'queue', idLength?: number) {
    const seed = Buffer.from(hkdfSync('sha256', secret, '', PURPOSES[purpose], 32));
    const der = Buffer.concat([PKCS8_ED25519, seed]);
    this.#privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    this.#publicKey = createPublicKey(this.#privateKey);
    const spki = this.#publicKey.export({ format: 'der', type: 'spki' });
    this.#id = hash('sha256', spki, 'base64url').slice(0, idLength);
  }

  /**
   * Signs a text, which is the encoded header and payload of a JWS. It takes half the time of jose, which hands each signature to
   * another thread.
   * @returns the signature in Base64url: 86 characters
   */
  sign(text: string): string {
    return sign(null, Buffer.from(text), this.#privateKey).toString('base64url');
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
