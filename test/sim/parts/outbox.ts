/** The outbox of a simulated worker: it offers the calls to the payment provider, makes them, and enqueues their answers. */
import type { Database } from '../../../src/db/connection/orm.ts';
import { SystemCommands } from '../../../src/lanes/system-commands.ts';
import type { WorkerMetrics } from '../../../workers/ops/metrics.ts';
import { CallRequests } from '../../../workers/outbox/call-requests.ts';
import { makingCalls } from '../../../workers/outbox/calls.ts';
import { offerCalls } from '../../../workers/outbox/offer-calls.ts';
import { paymentCallMakers } from '../../../workers/outbox/payments/call-provider.ts';
import { providersOf } from '../../../workers/outbox/payments/providers.ts';
import { consumeCalls, openCallQueue } from '../queue/calls.ts';
import { MemoryProducer } from '../queue/lanes.ts';
import { RedisLine } from '../queue/redis.ts';
import type { World } from './world.ts';

/** As in `workers/outbox/open.ts`. */
const CALLING_COMMANDS: ReadonlySet<string> = new Set(['start-checkout', 'start-top-up']);

export interface SimOutbox {
  commands: SystemCommands;
  onFinished: CallRequests['onFinished'];
  offerNow(): Promise<void>;
}

export function openSimOutbox(
  world: World,
  { orm, metrics }: { orm: Database; metrics: WorkerMetrics },
): SimOutbox {
  const { config, log, redis, lanes, calls } = world;
  const line = new RedisLine(redis);
  const commands = new SystemCommands(new MemoryProducer(lanes, line), config);
  const queue = openCallQueue(calls, line);
  const providers = providersOf(config.payments);
  const makers = paymentCallMakers({ orm, providers, metrics, log });
  const making = makingCalls({ orm, makers, commands, checkCounts: async () => undefined });
  consumeCalls(calls, new RedisLine(redis), making);
  const requests = new CallRequests({
    offerDue: (signal) => offerCalls(orm, { payments: queue, refunds: queue }, signal),
    callingCommands: CALLING_COMMANDS,
    log,
  });
  return {
    commands,
    onFinished: (finished) => requests.onFinished(finished),
    offerNow: () => requests.offerNow(),
  };
}
