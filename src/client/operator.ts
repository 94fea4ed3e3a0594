/** The client of an operator: the methods of buyers and gates, and those that need a token with the role `admin`. */

import type { NewQueue } from './api/inputs.ts';
import type {
  Admission,
  AdmissionOverrides,
  AdmissionSettings,
  AnnouncedDraw,
  NewDraw,
  Webhook,
  WebhookEvent,
} from './api/operators.ts';
import type { WaitingQueue } from './api/resources.ts';
import type { QueueChoice } from './api/waiting-queue.ts';
import { GateOperator } from './operator/gates.ts';
import type { CallOptions, CommandOptions, PageOptions } from './options.ts';
import { eachItem, type Page } from './transport/pages.ts';

export class SeatlaneOperator extends GateOperator {
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
