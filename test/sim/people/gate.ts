/** A simulated gate: scans tickets, the same one several times, and some of other performances. */
import { Client } from './client.ts';

const SCAN_MS = 1500;

export class Gate extends Client {
  work(): Promise<void> {
    return this.run(async () => {
      while (!this.shop.isClosing()) {
        await this.pause(this.random.next() * SCAN_MS);
        await this.#scan();
      }
    });
  }

  async #scan(): Promise<void> {
    const { items } = this.shop.codes;
    if (items.length === 0 || this.shop.isClosing()) return;
    const { code, scheduleId } = this.random.of(items);
    const at = this.random.isTrue(0.9) ? scheduleId : this.random.of(items).scheduleId;
    const body = { code, gate: this.process.name };
    await this.command('POST', `/concerts/schedules/${at}/check-ins`, body);
  }
}
