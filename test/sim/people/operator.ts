/**
 * A simulated operator: adds performances, cancels some, announces draws, has refunds to cards that failed tried again, and registers
 * webhooks.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { clock } from '../host/clock.ts';
import { PARTNER_URL } from '../receiver/receiver.ts';
import { Client } from './client.ts';
import type { Performance } from './shop.ts';

const HOUR_MS = 3_600_000;
/** How long until the next performance is added, on average, in ms. */
const NEXT_MS = 5000;
/** Performances beyond this number are not cancelled and not added, so that the tables stay small. */
const PERFORMANCES_MAX = 12;
const LOOK_MS = 1000;
/** How long until users gather for a new draw, and then until it is held, at least. */
const GATHER_MS = 3000;
/** What webhooks subscribe to. */
const TOLD_COMMANDS = [
  'place-order',
  'pay-order',
  'cancel-order',
  'settle-checkout',
  'leave-queue',
];
const TOLD_EVENTS = ['hold-expired', 'draw-made'];
/** After this time all workers know a new webhook. */
const NOTICE_MS = 3000;
/** How many users a queue with a draw admits at a time. */
export const DRAW_ACTIVE_MAX = 3;

export class Operator extends Client {
  #concertId = 0;
  /** A webhook that comes and goes. */
  #trialWebhookId: number | undefined;

  /** Registers the webhooks of a partner, and creates the concert with its first performance. */
  open(): Promise<void> {
    this.mayReuseKeys = false;
    return this.run(async () => {
      const { id } = await this.command('POST', '/concerts', { title: 'The Winter Gala' });
      this.#concertId = id;
      await this.#addToShop();
      await this.#addWebhook('outcomes', { commands: TOLD_COMMANDS });
      await this.#addWebhook('events', { commands: [], events: TOLD_EVENTS });
      await this.pause(NOTICE_MS);
      this.mayReuseKeys = true;
    });
  }

  /** Works until the shop has closed and nothing is left to do. */
  work(): Promise<void> {
    return this.run(async () => {
      while (!this.shop.isClosing()) {
        await this.pause(this.random.next() * 2 * NEXT_MS);
        if (this.shop.isClosing()) break;
        await this.#act();
      }
      while (this.shop.isRefunding()) {
        await this.#endRefunds();
        await sleep(LOOK_MS);
      }
    });
  }

  async #act(): Promise<void> {
    const { performances } = this.shop;
    if (performances.length < PERFORMANCES_MAX) await this.#addToShop();
    if (performances.length > 2 && this.random.isTrue(0.5)) {
      const { scheduleId } = this.random.of(performances.slice(-4, -1));
      const reason = 'The singer is ill.';
      await this.command('POST', `/concerts/schedules/${scheduleId}/cancel`, { reason });
      if (this.random.isTrue(0.3)) {
        await this.command('POST', `/concerts/schedules/${scheduleId}/cancellation/retry`);
      }
    }
    await this.#endRefunds();
    if (this.random.isTrue(0.3)) await this.#changeWebhook();
    const { draw } = this.shop;
    if (!draw || draw.opensAt + 4 * GATHER_MS < clock.now) await this.#announceDraw();
  }

  /** Draws the order of a new queue, in which one performance is sold. */
  async #announceDraw(): Promise<void> {
    const concert = await this.command('POST', '/concerts', { title: 'The Summer Gala' });
    if (!concert) return;
    const queue = await this.command('POST', '/queues', {
      name: `The queue of concert ${concert.id}`,
      concertIds: [concert.id],
      ...{ admitLimit: 2, admitWindowSeconds: 1, maxActive: DRAW_ACTIVE_MAX },
    });
    const performance = queue && (await this.#addPerformance(concert.id));
    if (!performance) return;
    const gathersAt = Math.ceil(clock.now) + GATHER_MS;
    const opensAt = gathersAt + GATHER_MS + this.random.below(GATHER_MS);
    const times = {
      gathersAt: new Date(gathersAt).toISOString(),
      opensAt: new Date(opensAt).toISOString(),
    };
    const draw = await this.command('POST', `/concerts/${concert.id}/draw`, times);
    if (draw) this.shop.draw = { queueId: queue.id, performance, gathersAt, opensAt };
  }

  /** Registers a webhook for the same messages as the others, or removes it. */
  async #changeWebhook(): Promise<void> {
    if (this.#trialWebhookId === undefined) {
      const wanted = { commands: TOLD_COMMANDS, events: TOLD_EVENTS };
      this.#trialWebhookId = await this.#addWebhook('trial', wanted);
    } else {
      const removed = await this.command('DELETE', `/webhooks/${this.#trialWebhookId}`);
      if (removed) this.#trialWebhookId = undefined;
    }
  }

  /** Registers a webhook, and tells its secret to the partner. @returns its id */
  async #addWebhook(name: string, wanted: object): Promise<number | undefined> {
    const url = `${PARTNER_URL}/${name}`;
    const added = await this.command('POST', '/webhooks', { url, ...wanted });
    const { status, body } = await this.get('/webhooks');
    if (status === 200) for (const { id, secret } of body.items) this.shop.tellSecret(id, secret);
    return added?.id;
  }

  async #endRefunds(): Promise<void> {
    for (const refundId of this.shop.failedRefunds()) {
      if (this.random.isTrue(0.7)) await this.command('POST', `/refunds/${refundId}/retry`);
      else {
        const body = { as: 'points', reason: 'The card is closed.' };
        await this.command('POST', `/refunds/${refundId}/end`, body);
      }
    }
  }

  async #addToShop(): Promise<void> {
    const performance = await this.#addPerformance(this.#concertId);
    if (performance) this.shop.performances.push(performance);
  }

  async #addPerformance(concertId: number): Promise<Performance | undefined> {
    const inHours = (hours: number) => new Date(clock.now + hours * HOUR_MS).toISOString();
    const created = await this.command('POST', `/concerts/${concertId}/schedules`, {
      bookingStartAt: inHours(-1),
      bookingEndAt: inHours(20_000),
      startAt: inHours(20_100),
      endAt: inHours(20_200),
      ...this.#offer(),
    });
    if (!created) return undefined;
    const { id: scheduleId } = created;
    const seatIds = await this.#idsOf(scheduleId, 'seats');
    const areaIds = await this.#idsOf(scheduleId, 'areas');
    return { scheduleId, seatIds, areaIds };
  }

  /** The seats of a hall, or others. */
  #offer(): object {
    const { hall } = this.shop;
    if (hall && this.random.isTrue(0.5)) {
      const prices = { Front: 100, Back: 70, Standing: 30 };
      return { hall: { hallId: hall.id, version: hall.version, prices } };
    }
    return {
      seats: [{ section: 'Stalls', row: 'A', from: 1, to: 8, price: 100 }],
      areas: [{ name: 'Standing', capacity: 4, price: 30 }],
    };
  }

  async #idsOf(scheduleId: number, kind: 'seats' | 'areas'): Promise<number[]> {
    for (;;) {
      const { status, body } = await this.get(`/concerts/schedules/${scheduleId}/${kind}`);
      if (status === 200) return body.items.map(({ id }: { id: number }) => id);
      await sleep(LOOK_MS);
    }
  }
}
