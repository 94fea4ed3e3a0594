/**
 * Waiting tickets: JWTs that the API issues to users who wait in a queue. A ticket proves to anyone with the published key that
 * its user entered a queue at a time and got a number. It admits to nothing: its type and audience are not those of a queue
 * token. Whether the user still waits is not in it; the queue entry says so.
 */
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { ALGORITHM, ISSUER, type SigningKey } from './signing-key.ts';

const AUDIENCE = 'seatlane-waiting';
const TYPE = 'waiting-ticket+jwt';

/** The queue entry that a ticket is about. */
export interface SignedEntry {
  queueId: number;
  number: number;
  subject: string;
  /** In ms since 1970. */
  enteredAt: EpochMs;
}

/** What the caller keeps of an entry with this number, so that its ticket is signed only once. */
export interface Signed {
  ticketSignature?: string | undefined;
}

export class WaitingTickets {
  readonly #key: SigningKey;
  readonly #encodedHeader: string;

  constructor(key: SigningKey) {
    this.#key = key;
    const header = { alg: ALGORITHM, typ: TYPE, kid: key.id };
    this.#encodedHeader = Buffer.from(JSON.stringify(header)).toString('base64url');
  }

  /**
   * The ticket of a waiting entry. An entry has the same ticket in every process, until a draw gives it another number: the
   * ticket has no expiry and no time of issue.
   * @param signed gets the signature, or has it. A signature costs almost as much as a poll, and each poll shows the ticket; the
   *   rest is made anew, because whole tickets would take three times the memory
   */
  issue(entry: SignedEntry, signed: Signed = {}): string {
    const payload = Buffer.from(JSON.stringify(claimsOf(entry))).toString('base64url');
    const text = `${this.#encodedHeader}.${payload}`;
    signed.ticketSignature ??= this.#key.sign(text);
    return `${text}.${signed.ticketSignature}`;
  }
}

/** In a fixed order, so that the same entry gives the same text. The time is in whole seconds since 1970, as in `iat`. */
function claimsOf({ queueId, number, subject, enteredAt }: SignedEntry): object {
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: subject,
    queue: queueId,
    number,
    entered_at: Math.floor(enteredAt / 1000),
  };
}
