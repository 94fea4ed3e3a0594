/**
 * A fake of Stripe, as far as `workers/outbox/payments/stripe.ts` uses it: it speaks Stripe's wire format, keeps idempotency keys,
 * refuses what Stripe refuses by its documentation, and signs events.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signEvent } from '../../../src/http/payments/event-signature.ts';
import { fieldsOf, textAt } from './form.ts';
import { type Answer, IdempotencyKeys } from './idempotency.ts';
import { madeRefund, missing, type Refund, wishedRefund } from './refunds.ts';
import {
  capture,
  expireSession,
  intentOf,
  openedSession,
  type Session,
  shownSession,
} from './sessions.ts';
import { StripeFault } from './stripe-error.ts';

export const STRIPE_KEY = 'sk_test_of_the_tests';
export const STRIPE_WEBHOOK_SECRET = 'whsec_of_the_fake_of_the_tests';

/** What happens to a request. */
export type Fault =
  /** It is carried out, but its answer is lost. */
  | 'lost'
  /** It is refused with this status, and not carried out. */
  | { status: number; error: { type?: string; code?: string; message: string } };

export interface SignedEvent {
  body: string;
  headers: Headers;
}

export class FakeStripe {
  url = '';
  readonly sessions = new Map<string, Session>();
  readonly refunds: Refund[] = [];
  /** The requests so far, such as `POST /v1/refunds`. */
  readonly requests: string[] = [];
  /** Answers nothing but errors of the server. */
  isDown = false;
  readonly #keys = new IdempotencyKeys();
  readonly #faults: Record<string, Fault[]> = { POST: [], GET: [] };
  readonly #server = createServer((request, response) => this.#receive(request, response));
  #refundsBegin: { status: Refund['status']; reason?: string } = { status: 'succeeded' };
  /** Added to the clock, in seconds. */
  #ahead = 0;

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** The buyer pays on the page. @throws Error if the page takes no payment any more */
  pay(ref: string): void {
    this.#expireOverdue();
    capture(this.#sessionOf(ref));
  }

  /** The card is declined: the page stays open for another one. */
  decline(ref: string): void {
    intentOf(this.#sessionOf(ref)).status = 'requires_payment_method';
  }

  /** The buyer has confirmed, and the bank has not answered yet. */
  confirm(ref: string): void {
    intentOf(this.#sessionOf(ref)).status = 'processing';
  }

  /** A refund in the dashboard, without our metadata. */
  refundByHand(ref: string, amount: number): void {
    const { charge, id: intent } = intentOf(this.#sessionOf(ref));
    if (!charge) throw new Error('Nothing was captured.');
    const fields = { payment_intent: intent, amount: String(amount) };
    this.refunds.push(madeRefund(wishedRefund(fields, this.#intents()), 'succeeded'));
  }

  /** The state in which refunds begin from now on. */
  beginRefundsAs(status: Refund['status'], reason?: string): void {
    this.#refundsBegin = { status, ...(reason !== undefined && { reason }) };
  }

  /** The bank returns the money of a refund. @returns the event */
  failRefund(id: string, reason: string): SignedEvent {
    const refund = this.refunds.find((each) => each.id === id);
    if (!refund) throw new Error(`There is no refund ${id}.`);
    const charge = this.#intents().find((intent) => intent.id === refund.payment_intent)?.charge;
    if (charge) charge.amount_refunded -= refund.amount;
    Object.assign(refund, { status: 'failed', failure_reason: reason });
    return this.event('refund.failed', refund);
  }

  /** Makes a fault at the next request that changes something. */
  failNext(...faults: Fault[]): void {
    this.#faults.POST?.push(...faults);
  }

  /** Makes a fault at the next request that reads something. */
  failNextRead(...faults: Fault[]): void {
    this.#faults.GET?.push(...faults);
  }

  /** Forgets the idempotency keys, as Stripe may after a day. */
  forgetKeys(): void {
    this.#keys.forget();
  }

  passTime(seconds: number): void {
    this.#ahead += seconds;
  }

  /** The event that the session has completed, or has expired. */
  sessionEvent(type: 'completed' | 'expired', ref: string): SignedEvent {
    return this.event(`checkout.session.${type}`, shownSession(this.#sessionOf(ref), false));
  }

  /** An event as Stripe sends it. @param now in ms since 1970 */
  event(type: string, object: object, now = Date.now()): SignedEvent {
    const body = JSON.stringify(
      {
        id: `evt_${randomBytes(12).toString('hex')}`,
        object: 'event',
        api_version: '2026-10-28.endive',
        created: Math.floor(now / 1000),
        livemode: false,
        type,
        data: { object },
      },
      undefined,
      2,
    );
    const signature = signEvent(body, STRIPE_WEBHOOK_SECRET, now);
    return { body, headers: new Headers({ 'Stripe-Signature': signature }) };
  }

  #now(): number {
    return Math.floor(Date.now() / 1000) + this.#ahead;
  }

  #intents() {
    return [...this.sessions.values()].flatMap(({ intent }) => intent ?? []);
  }

  #sessionOf(ref: string): Session {
    const session = this.sessions.get(ref);
    if (!session) throw missing('checkout.session', ref);
    return session;
  }

  #expireOverdue(): void {
    for (const session of this.sessions.values()) {
      const isOverdue = session.status === 'open' && session.expires_at <= this.#now();
      if (isOverdue && session.intent?.status !== 'processing') expireSession(session);
    }
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    let body = '';
    request.setEncoding('utf8').on('data', (part) => {
      body += part;
    });
    request.on('end', async () => {
      this.requests.push(`${request.method} ${request.url?.split('?')[0]}`);
      const fault = this.#faults[request.method ?? '']?.shift();
      const answer = await this.#answerTo(request, body, fault).catch((error: unknown) => {
        if (error instanceof StripeFault) return { status: error.status, body: error.body };
        throw error;
      });
      if (fault === 'lost') {
        response.socket?.destroy();
        return;
      }
      response.writeHead(answer.status, {
        'Content-Type': 'application/json',
        'Request-Id': `req_${randomBytes(8).toString('hex')}`,
      });
      response.end(JSON.stringify(answer.body));
    });
  }

  async #answerTo(request: IncomingMessage, body: string, fault: Fault | undefined) {
    const { method, headers } = request;
    if (this.isDown) throw new StripeFault(503, { type: 'api_error', message: 'Down.' });
    if (headers.authorization !== `Bearer ${STRIPE_KEY}`) {
      throw new StripeFault(401, { message: 'Invalid API Key provided' });
    }
    if (fault && fault !== 'lost') throw new StripeFault(fault.status, fault.error);
    this.#expireOverdue();
    const url = new URL(request.url ?? '', this.url);
    if (method === 'GET') return this.#read(url);
    const type = headers['content-type'];
    if (type !== 'application/x-www-form-urlencoded')
      throw new StripeFault(400, { message: `${type}` });
    const key = String(headers['idempotency-key'] ?? randomBytes(16).toString('hex'));
    const described = `${url.pathname} ${body}`;
    return this.#keys.answer(key, described, async () => this.#change(url.pathname, body));
  }

  #read({ pathname, searchParams, search }: URL): Answer {
    const [, ref] = /^\/v1\/checkout\/sessions\/([^/]+)$/.exec(pathname) ?? [];
    if (ref !== undefined) {
      const isExpanded = textAt(fieldsOf(search), 'expand.0') === 'payment_intent.latest_charge';
      return { status: 200, body: shownSession(this.#sessionOf(ref), isExpanded) };
    }
    const all = this.#listOf(pathname, searchParams);
    const limit = Number(searchParams.get('limit') ?? 10);
    const after = searchParams.get('starting_after');
    const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
    const data = all.slice(from, from + limit);
    const hasMore = from + limit < all.length;
    return { status: 200, body: { object: 'list', url: pathname, data, has_more: hasMore } };
  }

  /** The newest first. */
  #listOf(pathname: string, searchParams: URLSearchParams): { id: string }[] {
    if (pathname === '/v1/checkout/sessions') {
      const status = searchParams.get('status');
      const since = Number(searchParams.get('created[gte]') ?? 0);
      return [...this.sessions.values()]
        .filter((session) => session.created >= since && (!status || session.status === status))
        .map((session) => ({ ...shownSession(session, false), id: session.id }))
        .toReversed();
    }
    if (pathname !== '/v1/refunds') throw unknownAddress('GET', pathname);
    const intent = searchParams.get('payment_intent');
    return this.refunds.filter((each) => each.payment_intent === intent).toReversed();
  }

  #change(pathname: string, body: string): Answer {
    const fields = fieldsOf(body);
    if (pathname === '/v1/checkout/sessions') {
      const session = openedSession(fields, { now: this.#now(), url: this.url });
      this.sessions.set(session.id, session);
      return { status: 200, body: shownSession(session, false) };
    }
    const [, ref] = /^\/v1\/checkout\/sessions\/([^/]+)\/expire$/.exec(pathname) ?? [];
    if (ref !== undefined) {
      const session = this.#sessionOf(ref);
      expireSession(session);
      return { status: 200, body: shownSession(session, false) };
    }
    if (pathname !== '/v1/refunds') throw unknownAddress('POST', pathname);
    const { status, reason } = this.#refundsBegin;
    const refund = madeRefund(wishedRefund(fields, this.#intents()), status, reason);
    this.refunds.push(refund);
    return { status: 200, body: { ...refund } };
  }
}

const unknownAddress = (method: string, path: string) =>
  new StripeFault(404, { message: `Unrecognized request URL (${method}: ${path}).` });

export async function startFakeStripe(): Promise<FakeStripe> {
  const fake = new FakeStripe();
  await fake.start();
  return fake;
}
