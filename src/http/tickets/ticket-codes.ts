/**
 * The codes of tickets: what a ticket's QR code contains, and what a gate checks. A code is a JWS in compact form (RFC 7515) of at
 * most 250 characters, so that any JWT library can verify it with the published keys, without a request to this API.
 *
 * Ed25519 signatures are deterministic, so a ticket has the same code whenever it is read, and no code is stored. A code says
 * which place it is for and names no user. Whether the ticket was refunded or used is not in it.
 */
import { verify } from 'node:crypto';
import { ALGORITHM, SigningKey } from '../auth/signing-key.ts';
import { placeText } from './place-text.ts';

export const CODE_LENGTH_MAX = 250;
/** 48 bits tell a handful of keys apart, and a longer id would take room from the name of the place. */
const KEY_ID_LENGTH = 8;
const SIGNATURE_LENGTH = 86;
/** What is left of the code: its header has 43 characters, and two dots separate its parts. */
const PAYLOAD_LENGTH_MAX = CODE_LENGTH_MAX - 43 - SIGNATURE_LENGTH - 2;
/** Base64 has four characters for each three bytes. */
const PAYLOAD_BYTES_MAX = Math.floor((PAYLOAD_LENGTH_MAX * 3) / 4);

/** What a code says. */
export interface CodedTicket {
  ticketId: number;
  scheduleId: number;
}

/** A ticket with the names of its place, from the whole to the part: section, row and number of a seat, or an area. */
export interface PlacedTicket extends CodedTicket {
  place: readonly string[];
}

interface Signer {
  key: SigningKey;
  encodedHeader: string;
}

export class TicketCodes {
  readonly #signers: readonly Signer[];

  /** @param secrets at least one: the first signs, and codes signed with any of them are valid */
  constructor(secrets: readonly string[]) {
    this.#signers = secrets.map((secret) => {
      const key = new SigningKey(secret, 'ticket', KEY_ID_LENGTH);
      return { key, encodedHeader: encode({ alg: ALGORITHM, kid: key.id }) };
    });
  }

  /** The public keys, with which gates can verify codes (RFC 8037). */
  get publicJwks(): object[] {
    return this.#signers.map(({ key }) => key.publicJwk);
  }

  /** The code of a ticket. Its payload is `{t: ticket, s: schedule, p: place}`. */
  issue({ ticketId, scheduleId, place }: PlacedTicket): string {
    const { key, encodedHeader } = this.#signers[0] as Signer;
    const payload = { t: ticketId, s: scheduleId, p: '' };
    const room = PAYLOAD_BYTES_MAX - Buffer.byteLength(JSON.stringify(payload));
    const signed = `${encodedHeader}.${encode({ ...payload, p: placeText(place, room) })}`;
    return `${signed}.${key.sign(signed)}`;
  }

  /**
   * Verifies a code.
   * @param code any text that a scanner has read
   * @returns what it says; undefined if it was not signed with one of the keys, character by character
   */
  read(code: string): CodedTicket | undefined {
    if (code.length > CODE_LENGTH_MAX) return undefined;
    const [header, payload = '', signature = '', ...others] = code.split('.');
    const signer = this.#signers.find(({ encodedHeader }) => encodedHeader === header);
    if (!signer || others.length > 0) return undefined;
    const bytes = Buffer.from(signature, 'base64url');
    // Node also decodes other spellings of the same bytes.
    if (bytes.toString('base64url') !== signature) return undefined;
    const signed = Buffer.from(`${header}.${payload}`);
    if (!verify(null, signed, signer.key.publicKey, bytes)) return undefined;
    const { t, s } = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return { ticketId: t, scheduleId: s };
  }
}

function encode(content: object): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}
