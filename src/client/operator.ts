/** The client of an operator: what buyers can do, and what only a token with the role `admin` allows. */

import type { Draw } from './inputs.ts';
import type { CallOptions, CommandOptions, PageOptions } from './options.ts';
import { eachItem, type Page } from './pages.ts';
import type { Concert, Schedule } from './resources.ts';
import { Seatlane } from './seatlane.ts';

export interface NewConcert {
  /** 1 to 200 characters. */
  title: string;
  description?: string | null;
}

/** Times as ISO 8601 with an offset. */
export interface NewSchedule {
  bookingStartAt: string;
  bookingEndAt: string;
  startAt: string;
  endAt: string;
  /** Ranges of seats; those of one range stand side by side. 50,000 seats at most. */
  seats: readonly SeatRange[];
}

export interface SeatRange {
  section?: string | null;
  row?: string | null;
  from: number;
  to: number;
  /** In points. */
  price: number;
}

export interface Admission {
  isPaused: boolean;
  isSoldOut: boolean;
  /** Users per window. */
  admitLimit: number;
  admitWindowSeconds: number;
  maxActive: number;
  waiting: number;
  active: number;
  /** Who wait with a number that was reached: they are away. */
  passedOver: number;
  lastAdmitted: number;
  admittedLastMinute: number;
}

/** What is left out stays; null goes back to the configured value. */
export interface AdmissionSettings {
  isPaused?: boolean | undefined;
  /** Users per window. */
  admitLimit?: number | null | undefined;
  admitWindowSeconds?: number | null | undefined;
  maxActive?: number | null | undefined;
}

/** What operators have set; null where the configured value holds. */
export interface AdmissionOverrides {
  isPaused: boolean;
  admitLimit: number | null;
  admitWindowSeconds: number | null;
  maxActive: number | null;
}

export interface NewDraw {
  /** From then on nobody is admitted: who enters, gathers. */
  gathersAt: string;
  /** Then the order of all who wait is drawn. */
  opensAt: string;
}

/** Events that no command causes, of which webhooks can be told. */
export type WebhookEvent =
  | 'hold-expired'
  | 'user-admitted'
  | 'entry-expired'
  | 'entry-unclaimed'
  | 'draw-made';

export interface Webhook {
  id: number;
  url: string;
  /** Names of commands; null for all. */
  commands: string[] | null;
  /** Names of events that no command causes. */
  events: WebhookEvent[];
  createdAt: string;
}

export interface BlockedSeats {
  seatIds: number[];
  blockedReason: string | null;
}

export class SeatlaneOperator extends Seatlane {
  createConcert(concert: NewConcert, options?: CommandOptions): Promise<Concert> {
    return this.command({ method: 'POST', path: '/concerts', body: concert }, options);
  }

  /** Puts a performance of a concert on sale. */
  createSchedule(
    concertId: number,
    schedule: NewSchedule,
    options?: CommandOptions,
  ): Promise<Schedule> {
    const path = `/concerts/${concertId}/schedules`;
    return this.command({ method: 'POST', path, body: schedule }, options);
  }

  /** Takes free seats off the sale, 1000 at most; to buyers they are held. */
  blockSeats(
    seatIds: readonly number[],
    reason: string,
    options?: CommandOptions,
  ): Promise<BlockedSeats> {
    const body = { seatIds, reason };
    return this.command({ method: 'POST', path: '/concerts/seats/block', body }, options);
  }

  /** Puts blocked seats back on sale. */
  releaseSeats(seatIds: readonly number[], options?: CommandOptions): Promise<BlockedSeats> {
    const body = { seatIds };
    return this.command({ method: 'POST', path: '/concerts/seats/release', body }, options);
  }

  /** The admission in figures, at most half a second old. */
  admission(options: CallOptions = {}): Promise<Admission> {
    return this.read('/admin/admission', options);
  }

  /** Changes the admission of all processes. What is left out stays; null goes back to the configured value. */
  setAdmission(settings: AdmissionSettings, options?: CommandOptions): Promise<AdmissionOverrides> {
    return this.command({ method: 'POST', path: '/admin/admission', body: settings }, options);
  }

  /** Announces that the order of those who wait will be drawn. */
  announceDraw(
    concertId: number,
    draw: NewDraw,
    options?: CommandOptions,
  ): Promise<Pick<Draw, 'concertId' | 'seedHash' | 'gathersAt' | 'opensAt'>> {
    const path = `/concerts/${concertId}/draw`;
    return this.command({ method: 'POST', path, body: draw }, options);
  }

  /** Has outcomes sent to a server: of the commands that are named, or of all. */
  registerWebhook(
    webhook: {
      url: string;
      commands?: readonly string[] | null;
      events?: readonly WebhookEvent[] | null;
    },
    options?: CommandOptions,
  ): Promise<Webhook> {
    return this.command({ method: 'POST', path: '/webhooks', body: webhook }, options);
  }

  /** The webhooks with the secrets that their messages are signed with. */
  webhooks(options: PageOptions = {}): Promise<Page<Webhook & { secret: string }>> {
    return this.list('/webhooks', options);
  }

  eachWebhook(
    options: PageOptions = {},
  ): AsyncGenerator<Webhook & { secret: string }, void, undefined> {
    return eachItem((page) => this.webhooks(page), options);
  }

  removeWebhook(webhookId: number, options?: CommandOptions): Promise<Webhook> {
    return this.command({ method: 'DELETE', path: `/webhooks/${webhookId}` }, options);
  }
}
