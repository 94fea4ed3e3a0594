/**
 * Waiting tickets: JWTs that the API issues to users who wait in a queue. A ticket proves to anyone with the published key that
 * its user entered a queue at a time and got a number. It admits to nothing: its type and audience are not those of a queue
 * token. Whether the user still waits is not in it; the queue entry says so.
 */
import { FlattenedSign } from 'jose';
import { LRUCache } from 'lru-cache';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { ALGORITHM, ISSUER, type SigningKey } from './signing-key.ts';

const AUDIENCE = 'seatlane-waiting';
const TYPE = 'waiting-ticket+jwt';
/** As many as waiting entries are remembered: each poll shows the ticket, and a signature costs as much as a poll. */
const REMEMBERED = { maxSize: 200_000, sizeCalculation: () => 1 };

/** The queue entry that a ticket is about. */
export interface TicketEntry {
  id: number;
  queueId: number;
  number: number;
  subject: string;
  /** In ms since 1970. */
  enteredAt: EpochMs;
}

/** A signature alone, because 200,000 whole tickets would take 80 MB. */
interface Signed {
  number: number;
  enteredAt: EpochMs;
  signature: string;
}

export class WaitingTickets {
  readonly #key: SigningKey;
  readonly #header: { alg: string; typ: string; kid: string };
  readonly #encodedHeader: string;
  /** By the id of the entry. */
  readonly #signed = new LRUCache<number, Signed>(REMEMBERED);

  constructor(key: SigningKey) {
    this.#key = key;
    this.#header = { alg: ALGORITHM, typ: TYPE, kid: key.id };
    this.#encodedHeader = Buffer.from(JSON.stringify(this.#header)).toString('base64url');
  }

  /**
   * The ticket of a waiting entry. An entry keeps its ticket until a draw gives it another number, in every process: the ticket
   * has no expiry and no time of issue.
   */
  async issue(entry: TicketEntry): Promise<string> {
    const payload = Buffer.from(JSON.stringify(claimsOf(entry)));
    const { id, number, enteredAt } = entry;
    let signed = this.#signed.get(id);
    // After a failover that lost the entry, another user's entry can have its id and number, but a later time.
    if (signed?.number !== number || signed.enteredAt !== enteredAt) {
      signed = { number, enteredAt, signature: await this.#sign(payload) };
      this.#signed.set(id, signed);
    }
    return `${this.#encodedHeader}.${payload.toString('base64url')}.${signed.signature}`;
  }

  async #sign(payload: Uint8Array): Promise<string> {
    const jws = new FlattenedSign(payload).setProtectedHeader(this.#header);
    return (await jws.sign(this.#key.privateKey)).signature;
  }
}

/** In a fixed order, so that the same entry gives the same text. The time is in whole seconds since 1970, as in `iat`. */
function claimsOf({ queueId, number, subject, enteredAt }: TicketEntry): object {
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: subject,
    queue: queueId,
    number,
    entered_at: Math.floor(enteredAt / 1000),
  };
}
