/** The part of an operator's client for sales, orders, users, refunds and the log. */
import type {
  CardRefund,
  ListedCardRefund,
  OperatorLogLine,
  RefundEnd,
  RefundOptions,
} from '../api/operators.ts';
import type { Balance, Order } from '../api/resources.ts';
import type {
  FoundOrder,
  OrderSearch,
  OrderStory,
  OwedCall,
  OwedCallOptions,
  Sales,
  SalesGroup,
  SalesGroupOptions,
  SalesSeries,
  SalesSeriesOptions,
  UserAccount,
} from '../api/sales.ts';
import type { CallOptions, CommandOptions, PageOptions } from '../options.ts';
import { eachItem, type Page } from '../transport/pages.ts';
import { ConcertOperator } from './concerts.ts';

/** `SeatlaneOperator` extends it. */
export class SalesOperator extends ConcertOperator {
  /**
   * Cancels the order of any user, also after the deadline: a hold is released, a paid order refunded. The log shows it with
   * the reason.
   */
  cancelForUser(orderId: number, reason: string, options?: CommandOptions): Promise<Order> {
    const body = { reason };
    return this.command({ method: 'DELETE', path: `/orders/${orderId}`, body }, options);
  }

  /** The places of a performance by state, its orders, revenue and refunds. */
  sales(scheduleId: number, options: CallOptions = {}): Promise<Sales> {
    return this.read(salesOf(scheduleId), options);
  }

  /** The sales of a performance by section, the default, or by price category. */
  async salesGroups(
    scheduleId: number,
    { by, ...options }: SalesGroupOptions = {},
  ): Promise<SalesGroup[]> {
    const path = `${salesOf(scheduleId)}/groups`;
    return (await this.read<{ items: SalesGroup[] }>(path, options, { by })).items;
  }

  /** The sales of a performance over time, by day, the default, or by hour: the newest 400 steps at most. */
  salesSeries(
    scheduleId: number,
    { step, ...options }: SalesSeriesOptions = {},
  ): Promise<SalesSeries> {
    return this.read(`${salesOf(scheduleId)}/series`, options, { step });
  }

  /** All orders of a performance as CSV, with a line of column names. */
  ordersCsv(scheduleId: number, options: CallOptions = {}): Promise<string> {
    return this.readText(`/concerts/schedules/${scheduleId}/orders.csv`, options);
  }

  /** Finds orders of any user, the newest first. */
  findOrders({ signal, limit, cursor, ...search }: OrderSearch): Promise<Page<FoundOrder>> {
    return this.list('/admin/orders', { signal, limit, cursor }, search);
  }

  eachFoundOrder(search: OrderSearch): AsyncGenerator<FoundOrder, void, undefined> {
    return eachItem((page) => this.findOrders(page), search);
  }

  /** An order of any user with what became of it: commands, payments, tickets, and what operators changed. */
  orderStory(orderId: number, options: CallOptions = {}): Promise<OrderStory> {
    return this.read(`/admin/orders/${orderId}`, options);
  }

  /** A user with points, newest orders and changes of the balance. */
  userAccount(subject: string, options: CallOptions = {}): Promise<UserAccount> {
    return this.read(`/admin/users/${encodeURIComponent(subject)}`, options);
  }

  /** The calls to payment providers that are owed, newest first: the dead ones, or all. */
  owedCalls({ state, ...page }: OwedCallOptions = {}): Promise<Page<OwedCall>> {
    return this.list('/admin/outbox', page, { state });
  }

  eachOwedCall(options: OwedCallOptions = {}): AsyncGenerator<OwedCall, void, undefined> {
    return eachItem((page) => this.owedCalls(page), options);
  }

  /** Has a dead call to a payment provider made now. */
  retryCall(callId: number, options?: CommandOptions): Promise<OwedCall> {
    return this.command({ method: 'POST', path: `/admin/outbox/${callId}/retry` }, options);
  }

  /** Adds points to the balance of any user, without money. @returns the user's new balance */
  chargeForUser(subject: string, amount: number, options?: CommandOptions): Promise<Balance> {
    const body = { amount, subject };
    return this.command({ method: 'POST', path: '/points/charge', body }, options);
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
}

const salesOf = (scheduleId: number) => `/concerts/schedules/${scheduleId}/sales`;
