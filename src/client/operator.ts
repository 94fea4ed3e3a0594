/** The client of an operator: the methods of buyers and gates, and those that need a token with the role `admin`. */

import type { NewConcert, NewQueue, NewSchedule } from './api/inputs.ts';
import type {
  Admission,
  AdmissionOverrides,
  AdmissionSettings,
  AnnouncedDraw,
  BlockedSeats,
  Cancellation,
  CardRefund,
  ListedCardRefund,
  NewDraw,
  OperatorLogLine,
  RefundEnd,
  RefundOptions,
  Webhook,
  WebhookEvent,
} from './api/operators.ts';
import type { Balance, Concert, Order, Schedule, WaitingQueue } from './api/resources.ts';
import type { QueueChoice } from './api/waiting-queue.ts';
import { SeatlaneGate } from './gate.ts';
import type { CallOptions, CommandOptions, PageOptions } from './options.ts';
import { eachItem, type Page } from './transport/pages.ts';

export class SeatlaneOperator extends SeatlaneGate {
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

  /**
   * Cancels the order of any user, also after the deadline: a hold is released, a paid order refunded. The log shows it with
   * the reason.
   */
  cancelForUser(orderId: number, reason: string, options?: CommandOptions): Promise<Order> {
    const body = { reason };
    return this.command({ method: 'DELETE', path: `/orders/${orderId}`, body }, options);
  }

  /** Adds points to the balance of any user, without money. @returns the user's new balance */
  chargeForUser(subject: string, amount: number, options?: CommandOptions): Promise<Balance> {
    const body = { amount, subject };
    return this.command({ method: 'POST', path: '/points/charge', body }, options);
  }

  /**
   * Cancels a performance: from then on its places can be neither ordered nor paid. Its holds end and its paid orders are refunded
   * in the background; `cancellation` shows how far that is.
   */
  cancelSchedule(scheduleId: number, reason: string, options?: CommandOptions): Promise<Schedule> {
    const path = `/concerts/schedules/${scheduleId}/cancel`;
    return this.command({ method: 'POST', path, body: { reason } }, options);
  }

  /** How far the orders of a cancelled performance are refunded. */
  cancellation(scheduleId: number, options: CallOptions = {}): Promise<Cancellation> {
    return this.read(`/concerts/schedules/${scheduleId}/cancellation`, options);
  }

  /** Tries now to end the orders of a cancelled performance that are left, and to pay back to cards what failed. */
  retryCancellation(scheduleId: number, options?: CommandOptions): Promise<Schedule> {
    const path = `/concerts/schedules/${scheduleId}/cancellation/retry`;
    return this.command({ method: 'POST', path }, options);
  }

  /** Refunds to cards, newest first; those in a state, or all. */
  refunds(options: RefundOptions = {}): Promise<Page<ListedCardRefund>> {
    return this.list('/refunds', options);
  }

  eachRefund(options: RefundOptions = {}): AsyncGenerator<ListedCardRefund, void, undefined> {
    return eachItem((page) => this.refunds(page), options);
  }

  /** Has the provider asked again for a refund that failed. */
  retryRefund(refundId: number, options?: CommandOptions): Promise<CardRefund> {
    return this.command({ method: 'POST', path: `/refunds/${refundId}/retry` }, options);
  }

  /**
   * Ends a refund that failed without the provider. `points`: the user gets the amount in points. `elsewhere`: it was paid back
   * outside this system. The log shows it with the reason.
   */
  endRefund(refundId: number, end: RefundEnd, options?: CommandOptions): Promise<CardRefund> {
    return this.command({ method: 'POST', path: `/refunds/${refundId}/end`, body: end }, options);
  }

  /** What operators have changed, newest first. */
  operatorLog(options: PageOptions = {}): Promise<Page<OperatorLogLine>> {
    return this.list('/admin/log', options);
  }

  eachOperatorLogLine(options: PageOptions = {}): AsyncGenerator<OperatorLogLine, void, undefined> {
    return eachItem((page) => this.operatorLog(page), options);
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
