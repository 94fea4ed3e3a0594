/** Opens what an API process keeps of the waiting queues and the users' entries in them. */
import type { EpochMs } from '../../commands/epoch-ms.ts';
import type { Database } from '../../db/connection/orm.ts';
import { findQueueOf, readConcertsOf } from '../../db/reads/queue/concerts.ts';
import { hasQueue, readQueueCounters } from '../../db/reads/queue/counters.ts';
import { OpenEntryReader } from '../../db/reads/queue/entries.ts';
import { readLineBlocks } from '../../db/reads/queue/line.ts';
import { readSessionEnds } from '../../db/reads/queue/session-ends.ts';
import { readStock } from '../../db/reads/stock.ts';
import { QueueTokens } from '../auth/queue-tokens.ts';
import { SigningKey } from '../auth/signing-key.ts';
import { WaitingTickets } from '../auth/waiting-tickets.ts';
import { ConcertQueues } from './concert-queues.ts';
import { QueueEntries } from './entries.ts';
import type { QueueRate } from './position.ts';
import { Presence, type PresenceDeps } from './presence.ts';
import { QueuesInMemory } from './queues-in-memory.ts';
import { StockView } from './stock.ts';
import { WaitEstimates } from './wait-estimates.ts';
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
  const signingKey = new SigningKey(config.queueTokenSecret);
  const queueTokens = new QueueTokens(signingKey);
  const presence = new Presence({ write: notePresence, noteWatch, now });
  const queuesInMemory = new QueuesInMemory({
    readCounters: () => readQueueCounters(orm),
    readLines: (known) => readLineBlocks(orm, known),
    hasQueue: (queueId) => hasQueue(orm, queueId),
    rate: config,
  });
  const queueEntries = new QueueEntries({
    queues: queuesInMemory,
    reader: new OpenEntryReader(orm),
    tokens: queueTokens,
    tickets: new WaitingTickets(signingKey),
    estimates: new WaitEstimates({
      readSessionEnds: (queueIds) =>
        readSessionEnds(orm, { queueIds, sessionMs: config.queueTokenMs }),
      now,
    }),
    presence,
    now,
  });
  return {
    signingKey,
    queueTokens,
    presence,
    queuesInMemory,
    queueEntries,
    concertQueues: new ConcertQueues((what) => findQueueOf(orm, what)),
    waitingQueues: new WaitingQueues({
      queues: queuesInMemory,
      readConcerts: (queueIds) => readConcertsOf(orm, queueIds),
    }),
    stockView: new StockView((concertId) => readStock(orm, concertId)),
  };
}
