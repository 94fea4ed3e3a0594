/** The client of a gate: it needs a token with the role `gate`, and checks tickets at the entrance. */

import type { CheckIn, Entered } from './api/tickets.ts';
import type { CallOptions, CommandOptions } from './options.ts';
import { Seatlane } from './seatlane.ts';

/** What a gate has scanned. */
export interface Scan {
  scheduleId: number;
  /** The text of the QR code. */
  code: string;
  /** The name of the gate, 1 to 60 characters. A second scan of the ticket is refused with this name. */
  gate: string;
  /**
   * When a gate without a network has let the holder in, as an ISO 8601 time. Set it only then: operators follow up such a scan if
   * it is refused.
   */
  scannedAt?: string | undefined;
}

export class SeatlaneGate extends Seatlane {
  /**
   * Lets the holder of a ticket in, once. A scan that was stored while the gate was offline keeps its outcome if it is sent with the
   * same idempotency key again.
   * @throws ApiProblem TICKET_INVALID for any other text; Refusal TICKET_WRONG_SCHEDULE, TICKET_REVOKED or TICKET_ALREADY_USED, the
   *   last with `problem.at` and `problem.gate`
   */
  checkIn({ scheduleId, ...body }: Scan, options?: CommandOptions): Promise<CheckIn> {
    return this.command({ method: 'POST', path: checkInsOf(scheduleId), body }, options);
  }

  /** How many have entered. */
  entered(scheduleId: number, options: CallOptions = {}): Promise<Entered> {
    return this.read(checkInsOf(scheduleId), options);
  }
}

const checkInsOf = (scheduleId: number) => `/concerts/schedules/${scheduleId}/check-ins`;
