/** The part of an operator's client for the gates of a performance. */
import type { GateSession, NewGate, RefusedScan } from '../api/gates.ts';
import type { CommandOptions, PageOptions } from '../options.ts';
import { eachItem, type Page } from '../transport/pages.ts';
import { HallOperator } from './halls.ts';

/** `SeatlaneOperator` extends it. */
export class GateOperator extends HallOperator {
  /**
   * Opens a gate of a performance. Opening the same gate again gives a new token with the same subject.
   * @throws ApiProblem TOKENS_ISSUED_ELSEWHERE if an identity provider issues the access tokens
   */
  openGate(gate: NewGate, options?: CommandOptions): Promise<GateSession> {
    return this.command({ method: 'POST', path: '/admin/gate-sessions', body: gate }, options);
  }

  /** The scans of a performance that were refused after the gate had let the holder in, newest first. */
  refusedScans(scheduleId: number, options: PageOptions = {}): Promise<Page<RefusedScan>> {
    return this.list(`/concerts/schedules/${scheduleId}/refused-scans`, options);
  }

  eachRefusedScan(
    scheduleId: number,
    options: PageOptions = {},
  ): AsyncGenerator<RefusedScan, void, undefined> {
    return eachItem((page) => this.refusedScans(scheduleId, page), options);
  }

  /** Draws a text of up to 2000 characters as a QR code, an SVG document. */
  drawQrCode(text: string, { signal }: CommandOptions = {}): Promise<string> {
    return this.readText('/admin/qr.svg', { signal }, { text });
  }
}
