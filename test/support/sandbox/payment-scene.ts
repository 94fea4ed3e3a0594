/**
 * Calls to the sandbox without whole workers: a database, the queues, and a sandbox behind a line that can break. Rows of checkouts are
 * inserted as the commands write them, and answers stay in their lane, where tests read or apply them.
 */
import type { Queue } from 'bullmq';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { AcceptedCommand } from '../../../src/commands/command.ts';
import type { CommandName } from '../../../src/commands/index.ts';
import { readConfig } from '../../../src/config/config.ts';
import { BullmqProducer } from '../../../src/lanes/bullmq/producer.ts';
import { openQueue } from '../../../src/lanes/bullmq/queues.ts';
import { jobIdOf, mintReceiptId } from '../../../src/lanes/job-id.ts';
import { laneOf } from '../../../src/lanes/lanes.ts';
import { checkoutKey, refundKey } from '../../../src/lanes/payment-keys.ts';
import { connectWithRetries } from '../../../src/lanes/redis/redis.ts';
import { SystemCommands } from '../../../src/lanes/system-commands.ts';
import { WorkerMetrics } from '../../../workers/ops/metrics.ts';
import { type CallDeps, startCalls } from '../../../workers/outbox/calls.ts';
import type { CallKind } from '../../../workers/outbox/find-calls.ts';
import { offerCalls } from '../../../workers/outbox/offer-calls.ts';
import { openOutboxQueues } from '../../../workers/outbox/open.ts';
import { paymentCallMakers } from '../../../workers/outbox/payments/call-provider.ts';
import { type Providers, providersOf } from '../../../workers/outbox/payments/providers.ts';
import { lookAtCheckouts } from '../../../workers/timers/look-at-checkouts.ts';
import { openTcpLine, type TcpLine } from '../network/tcp-line.ts';
import { type Orders, ordersOf } from '../orders.ts';
import { TEST_SECRET } from '../services/seatlane.ts';
import { type Buyer, inLane, openTestLane, type TestLane } from '../services/test-lane.ts';
import { waitFor } from '../wait-for.ts';
import { AMOUNT, SANDBOX_SECRET, startTestSandbox, type TestSandbox } from './sandbox.ts';

/** The user of all checkouts. */
export const SUBJECT = 'ada';
export const SHOP_URL = 'http://localhost:8080/thanks';

/** A checkout as a test has inserted it. */
export interface TestCheckout {
  id: number;
  key: string;
  orderId: number | null;
}

/** What a test says of a checkout; the rest is as of a page that was opened a moment ago. */
export interface CheckoutFields {
  orderId?: number | null;
  amount?: number;
  currency?: string;
  state?: string;
  ref?: string | null;
  /** SQL. */
  expiresAt?: string;
  /** SQL. */
  lookAt?: string;
  captured?: number;
  refunding?: number;
}

/** A command that answers a call, as it stands in its lane. */
export interface AnswerJob {
  jobId: string;
  name: CommandName;
  accepted: AcceptedCommand;
}

export class PaymentScene {
  readonly lane: TestLane;
  readonly sandbox: TestSandbox;
  /** Between the calls and the sandbox. */
  readonly line: TcpLine;
  readonly queues: ReturnType<typeof openOutboxQueues>;
  /** The lane of the answers. */
  readonly answers: Queue;
  /** The lines of the log. */
  readonly said: string[] = [];
  registry = new Registry();
  metrics: WorkerMetrics;
  #orders: Orders | undefined;
  #seatIds: number[] = [];
  #running: { close(): Promise<void> }[] = [];
  readonly #deps: Omit<CallDeps, 'makers' | 'metrics'>;
  readonly #stop: () => Promise<void>;

  static async open(): Promise<PaymentScene> {
    // Its events end at the receiver of the test, as if they were lost.
    const sandbox = await startTestSandbox();
    const line = await openTcpLine(sandbox.client.url);
    const { config } = readConfig({
      DATABASE_URL: 'postgres://postgres@127.0.0.1:5432/none',
      REDIS_URL: 'redis://127.0.0.1:6379',
      JWT_SECRET: TEST_SECRET,
      SANDBOX_URL: new URL(line.url).origin,
      SANDBOX_SECRET,
    });
    const lane = await openTestLane({ seatsPerUserMax: 40, payments: config.payments });
    return new PaymentScene(lane, sandbox, line);
  }

  private constructor(lane: TestLane, sandbox: TestSandbox, line: TcpLine) {
    const { config, orm } = lane;
    const { redisPrefix } = config;
    const log = pino({ level: 'debug' }, { write: (text) => void this.said.push(text) });
    const redis = connectWithRetries(config.redisUrl, pino({ level: 'silent' }));
    this.lane = lane;
    this.sandbox = sandbox;
    this.line = line;
    this.queues = openOutboxQueues(redis, config);
    this.answers = openQueue(laneOf({ kind: 'user', key: SUBJECT }, config), redis, config);
    this.metrics = this.#newMetrics();
    const producer = new BullmqProducer(redis, { redisPrefix, queues: new Map(), now: () => 1 });
    this.#deps = {
      orm,
      redis,
      redisPrefix,
      log,
      commands: new SystemCommands(producer, config),
      checkCounts: async () => undefined,
      retryDelay: () => 20,
    };
    this.#stop = async () => {
      await Promise.all(
        [...Object.values(this.queues), this.answers].map((queue) => queue.close()),
      );
      redis.disconnect();
      await line.stop();
      await sandbox.stop();
      await lane.stop();
    };
  }

  /** The adapter of the sandbox, behind the line. */
  providers(): Providers {
    return providersOf(this.lane.config.payments);
  }

  /** Starts making calls. @param providers by default the sandbox */
  start({
    providers = this.providers(),
    ...changes
  }: Partial<CallDeps> & { providers?: Providers } = {}) {
    const shared = { ...this.#deps, metrics: this.metrics, ...changes };
    const calls = startCalls({ ...shared, makers: paymentCallMakers({ ...shared, providers }) });
    this.#running.push(calls);
    return calls;
  }

  /** Offers the calls that are due. */
  offer(): Promise<number> {
    return offerCalls(this.lane.orm, this.queues);
  }

  /** What the timer does. */
  look(reconcileMs = 60_000): Promise<number> {
    return lookAtCheckouts(this.lane.orm, { reconcileMs });
  }

  /** A held order of the user. */
  async order(): Promise<{ id: number; total: number }> {
    const orders = await this.#shop();
    return orders.order(await this.buyer(), [this.#seatIds.pop() as number]);
  }

  /** The user, admitted; a payment ends the queue entry, and then this is another one. */
  buyer(): Promise<Buyer> {
    return this.lane.buyer(SUBJECT);
  }

  async cancel(orderId: number): Promise<void> {
    await this.lane.result((await this.#shop()).cancel(SUBJECT, orderId));
  }

  async checkout(fields: CheckoutFields = {}): Promise<TestCheckout> {
    await this.buyer();
    const { orderId = null, amount = AMOUNT, currency = 'KRW', state = 'open' } = fields;
    const { ref = null, captured = 0, refunding = 0 } = fields;
    const { expiresAt = `now() + interval '10 min'` } = fields;
    const isLive = state === 'opening' || state === 'open';
    const lookAt = isLive ? (fields.lookAt ?? `now() + interval '1 min'`) : 'null';
    const jobId = jobIdOf('user-0', mintReceiptId(Date.now()));
    const settled = captured > 0 ? `'${jobId}', now()` : 'null, null';
    const [row] = await this.lane.rows<{ id: string }>(
      `insert into checkout (user_id, order_id, provider, amount, currency, state, return_url, provider_ref,
         expires_at, look_at, captured, refunding, settled_job_id, settled_at, created_at, job_id)
       select id, ${orderId}, 'sandbox', ${amount}, '${currency}', '${state}', '${SHOP_URL}',
         ${ref === null ? null : `'${ref}'`}, ${expiresAt}, ${lookAt}, ${captured}, ${refunding}, ${settled},
         now(), '${jobId}'
       from app_user where subject = '${SUBJECT}' returning id`,
    );
    const id = Number(row?.id);
    return { id, key: checkoutKey({ id, jobId }), orderId };
  }

  /** A checkout whose page is open at the sandbox. */
  async openCheckout(fields: CheckoutFields = {}) {
    const checkout = await this.checkout({ ...fields, ref: null });
    const { id: checkoutId, key } = checkout;
    const { amount = AMOUNT } = fields;
    const page = await this.sandbox.client.open({ key, checkoutId, amount, returnUrl: SHOP_URL });
    await this.lane.rows(
      `update checkout set provider_ref = '${page.ref}' where id = ${checkoutId}`,
    );
    return { ...checkout, ...page };
  }

  /** A pending refund of a payment at the sandbox. */
  async refund({ amount = 5000 }: { amount?: number } = {}) {
    const captured = { state: 'refunding', captured: AMOUNT, refunding: amount };
    const checkout = await this.openCheckout(captured);
    await this.sandbox.client.act(checkout.redirectUrl, 'pay');
    const jobId = jobIdOf('user-0', mintReceiptId(Date.now()));
    const [row] = await this.lane.rows<{ id: string }>(
      `insert into card_refund (checkout_id, amount, state, job_id, created_at)
       values (${checkout.id}, ${amount}, 'pending', '${jobId}', now()) returning id`,
    );
    const key = refundKey({ checkoutId: checkout.id, jobId, attempt: 1 });
    return { ...checkout, refundId: Number(row?.id), refundKey: key };
  }

  /** Owes a call that is due. @returns its id */
  async owe(kind: CallKind, checkoutId: number, refundId = 0): Promise<number> {
    const [row] = await this.lane.rows<{ id: string }>(
      `insert into outbox_call (kind, checkout_id, refund_id, next_at, created_at)
       values ('${kind}', ${checkoutId}, ${refundId}, now(), now()) returning id`,
    );
    return Number(row?.id);
  }

  /** The ids of the calls that are owed. */
  async owed(): Promise<number[]> {
    const rows = await this.lane.rows<{ id: string }>('select id from outbox_call order by id');
    return rows.map(({ id }) => Number(id));
  }

  /** The next answer in the lane of the user; it is taken out of it. */
  answer(): Promise<AnswerJob> {
    return waitFor('an answer', async () => {
      const [job] = await this.answers.getWaiting(0, 0);
      if (!job) return undefined;
      await job.remove();
      return { jobId: String(job.id), name: job.name as CommandName, accepted: job.data };
    });
  }

  /** Applies the next answer. @returns the result of its command */
  async applied<Result extends object>(): Promise<Result> {
    return this.lane.result<Result>(this.inLane(await this.answer()));
  }

  /** The command of an answer, for the lane of the test. */
  inLane(answer: AnswerJob): AnswerJob {
    return { ...answer, ...inLane(answer, this.lane.lane), name: answer.name };
  }

  /** Waits until no queue has a job, not even one that is being worked on. */
  async jobsEnd(): Promise<void> {
    const { payments, refunds } = this.queues;
    await waitFor('all jobs to end', async () => {
      const counts = await Promise.all([payments, refunds].map((queue) => queue.getJobCounts()));
      return counts.every((each) => Object.values(each).every((count) => count === 0));
    });
  }

  /**
   * Waits until all calls have ended without an answer. A call that ends while its offer is counted stays, because its row is locked;
   * it is offered again after a minute, which begins now.
   */
  async noAnswer(): Promise<void> {
    await waitFor('all calls to end', async () => {
      await this.jobsEnd();
      if ((await this.owed()).length === 0) return true;
      await this.lane.rows('update outbox_call set next_at = now()');
      await this.offer();
      return false;
    });
    const waiting = await this.answers.count();
    if (waiting > 0) throw new Error(`There are ${waiting} answers.`);
  }

  /** What the sandbox has done, such as `opened` and `captured`. */
  async journal(checkoutId: number): Promise<string[]> {
    const lines = await this.sandbox.client.journal();
    return lines.filter((line) => line.checkoutId === checkoutId).map(({ kind }) => kind);
  }

  async metric(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
    const { values } = (await this.registry.getSingleMetric(name)?.get()) ?? { values: [] };
    const isAsked = (found: Partial<Record<string, string | number>>) =>
      Object.entries(labels).every(([label, text]) => found[label] === text);
    return values.find(({ labels: found }) => isAsked(found))?.value;
  }

  /** Waits until a call has failed. */
  async failedOnce(queue: 'payments' | 'refunds' = 'payments'): Promise<void> {
    await waitFor('a call that fails', async () => {
      const retried = { queue, result: 'retried' };
      return ((await this.metric('seatlane_outbox_jobs_total', retried)) ?? 0) > 0;
    });
  }

  /** Stops making calls, and empties the queues. */
  async closeCalls(): Promise<void> {
    this.line.pass();
    await Promise.all(this.#running.map((each) => each.close()));
    this.#running = [];
    await this.sandbox.client.post('/v1/faults', {});
    const { payments, refunds } = this.queues;
    for (const queue of [payments, refunds, this.answers]) await queue.obliterate({ force: true });
    this.said.length = 0;
    this.metrics = this.#newMetrics();
  }

  /** Closes the calls, and deletes all checkouts. */
  async clear(): Promise<void> {
    await this.closeCalls();
    for (const table of ['outbox_call', 'card_refund', 'checkout']) {
      await this.lane.rows(`delete from ${table}`);
    }
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  #newMetrics(): WorkerMetrics {
    this.registry = new Registry();
    const none = { owner: 'test', owned: () => [], blockedCommands: () => 0 };
    return new WorkerMetrics({ registry: this.registry, ...none });
  }

  async #shop(): Promise<Orders> {
    if (!this.#orders) {
      const { id, seatIds } = await this.lane.schedule();
      this.#orders = ordersOf(this.lane, id);
      this.#seatIds = [...seatIds];
    }
    return this.#orders;
  }
}
