/** Opens what an API process keeps of the waiting queues. */
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { Database } from '../../db/connection/orm.ts';
import { findQueueOf, readConcertsOf } from '../../db/reads/queue/concerts.ts';
import { hasQueue, readQueueCounters } from '../../db/reads/queue/counters.ts';
import { OpenEntryReader } from '../../db/reads/queue/entries.ts';
import { readLineBlocks } from '../../db/reads/queue/line.ts';
import { readStock } from '../../db/reads/stock.ts';
import { QueueTokens } from '../auth/queue-tokens.ts';
import { ConcertQueues } from './concert-queues.ts';
import type { QueueRate } from './position.ts';
import { Presence, type PresenceDeps } from './presence.ts';
import { StockView } from './stock.ts';
import { QueueView } from './view.ts';
import { WaitingQueues } from './waiting-queues.ts';

export interface QueueDeps {
  orm: Database;
  config: QueueRate & { queueTokenSecret: string };
  notePresence: PresenceDeps['write'];
  noteWatch: PresenceDeps['noteWatch'];
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): EpochMs;
}

export function openQueueViews({ orm, config, notePresence, noteWatch, now }: QueueDeps) {
  const queueTokens = new QueueTokens(config.queueTokenSecret);
  const presence = new Presence({ write: notePresence, noteWatch, now });
  const queueView = new QueueView({
    readCounters: () => readQueueCounters(orm),
    readLines: (known) => readLineBlocks(orm, known),
    hasQueue: (queueId) => hasQueue(orm, queueId),
    entries: new OpenEntryReader(orm),
    tokens: queueTokens,
    presence,
    rate: config,
    now,
  });
  return {
    queueTokens,
    presence,
    queueView,
    concertQueues: new ConcertQueues((what) => findQueueOf(orm, what)),
    waitingQueues: new WaitingQueues({
      queueView,
      readConcerts: (queueIds) => readConcertsOf(orm, queueIds),
    }),
    stockView: new StockView((concertId) => readStock(orm, concertId)),
  };
}
