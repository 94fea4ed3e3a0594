/** The client of an operator: the buyers' methods, and those that need a token with the role `admin`. */

import type { Draw, NewConcert, NewQueue, NewSchedule } from './api/inputs.ts';
import type { Concert, Schedule, WaitingQueue } from './api/resources.ts';
import type { QueueChoice } from './api/waiting-queue.ts';
import type { CallOptions, CommandOptions, PageOptions } from './options.ts';
import { Seatlane } from './seatlane.ts';
import { eachItem, type Page } from './transport/pages.ts';

export interface Admission {
  queueId: number;
  isPaused: boolean;
  isSoldOut: boolean;
  /** Users per window. */
  admitLimit: number;
  admitWindowSeconds: number;
  maxActive: number;
  waiting: number;
  active: number;
  /** Inactive users: they are waiting although users with higher numbers were admitted. */
  passedOver: number;
  lastAdmitted: number;
  admittedLastMinute: number;
}

/** A missing field leaves its value unchanged; null restores the configured value. */
export interface AdmissionSettings {
  /** Default: the house queue. */
  queueId?: number | undefined;
  isPaused?: boolean | undefined;
  /** Users per window. */
  admitLimit?: number | null | undefined;
  admitWindowSeconds?: number | null | undefined;
  maxActive?: number | null | undefined;
}

/** The values that operators have set; null where the configured value applies. */
export interface AdmissionOverrides {
  queueId: number;
  isPaused: boolean;
  admitLimit: number | null;
  admitWindowSeconds: number | null;
  maxActive: number | null;
}

export interface NewDraw {
  /** From then on users enter the queue, and nobody is admitted. */
  gathersAt: string;
  /** When the order is drawn and admission starts. */
  opensAt: string;
}

/** A draw as it is announced, moved or cancelled. */
export interface AnnouncedDraw
  extends Pick<Draw, 'concertId' | 'queueId' | 'seedHash' | 'gathersAt' | 'opensAt'> {
  drawId: number;
}

/** The events that a webhook can receive besides the outcomes of commands. */
export type WebhookEvent =
  | 'hold-expired'
  | 'user-admitted'
  | 'entry-expired'
  | 'entry-unclaimed'
  | 'draw-made';

export interface Webhook {
  id: number;
  url: string;
  /** The commands whose outcomes are sent; null for all. */
  commands: string[] | null;
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

  /** Takes up to 1000 available seats off the sale. Buyers see them as held. */
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

  /** Creates a waiting queue for concerts that the house queue has served. */
  createQueue(queue: NewQueue, options?: CommandOptions): Promise<WaitingQueue> {
    return this.command({ method: 'POST', path: '/queues', body: queue }, options);
  }

  /** The admission settings and counters of a queue, by default the house queue. */
  admission({ queueId, ...options }: CallOptions & QueueChoice = {}): Promise<Admission> {
    return this.read(admissionOf(queueId), options);
  }

  /**
   * Changes the admission of a queue in all processes. A missing field leaves its value unchanged; null restores the configured value.
   */
  setAdmission(
    { queueId, ...body }: AdmissionSettings,
    options?: CommandOptions,
  ): Promise<AdmissionOverrides> {
    return this.command({ method: 'POST', path: admissionOf(queueId), body }, options);
  }

  /** Announces a draw, which decides the order of the users who enter the concert's queue before the sale. */
  announceDraw(concertId: number, draw: NewDraw, options?: CommandOptions): Promise<AnnouncedDraw> {
    return this.command({ method: 'POST', path: drawOf(concertId), body: draw }, options);
  }

  /** Moves a draw that has not started. Once users gather, `gathersAt` must stay as it is. */
  moveDraw(concertId: number, draw: NewDraw, options?: CommandOptions): Promise<AnnouncedDraw> {
    return this.command({ method: 'PUT', path: drawOf(concertId), body: draw }, options);
  }

  /** Cancels a draw that has not started. Users keep their numbers, and admission continues. */
  cancelDraw(concertId: number, options?: CommandOptions): Promise<AnnouncedDraw> {
    return this.command({ method: 'DELETE', path: drawOf(concertId) }, options);
  }

  /** Registers a server to which outcomes are sent: those of the named commands, or all. */
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

  /** Lists the webhooks, with the secrets that sign their messages. */
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

const drawOf = (concertId: number) => `/concerts/${concertId}/draw`;

const admissionOf = (queueId: number | undefined) =>
  queueId === undefined ? '/admin/admission' : `/queues/${queueId}/admission`;
