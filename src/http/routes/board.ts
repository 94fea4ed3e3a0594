/** Routes of the operators' board: an access token for the logged-in operator, and figures from no other route. */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { waitingQueue } from '../../commands/schemas/waiting-queue.ts';
import type { Database } from '../../db/connection/orm.ts';
import { readLaneFigures, readScheduleFigures } from '../../db/reads/board.ts';
import {
  type CancellationFigures,
  readUnfinishedCancellations,
} from '../../db/reads/cancellations.ts';
import { type ListedRefund, listCardRefunds } from '../../db/reads/money/refunds.ts';
import type { AccessTokens } from '../auth/access-tokens.ts';
import type { WaitingQueues } from '../queue/waiting-queues.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';
import { listedRefund } from './money/refunds.ts';

export interface BoardDeps {
  orm: Database;
  waitingQueues: WaitingQueues;
  accessTokens: AccessTokens;
  /** In ms since 1970. */
  now(): EpochMs;
}

/** Counting reads every seat, so results are cached for this long, in ms. */
const COUNTED_MS = 2000;
/** Counting the orders of cancelled performances reads every order that they have had, so results are cached for longer, in ms. */
const CANCELLATIONS_MS = 10_000;
/** Maximum of failed refunds on the board. */
const REFUNDS_MAX = 20;

const whole = z.int().min(0);
const timeZone = z.string().meta({ description: 'Of the venue, a name of the IANA database.' });
const session = z.object({
  accessToken: z.string().nullable().meta({
    description: 'An operator’s token; null if an identity provider issues the access tokens.',
  }),
  tokenType: z.string().optional(),
  expiresIn: whole.optional().meta({ description: 'In seconds.' }),
});
const figures = z.object({
  schedules: z.array(
    z.object({
      id: z.int(),
      concertId: z.int(),
      title: z.string(),
      startAt: z.iso.datetime(),
      timeZone,
      available: whole,
      held: whole,
      sold: whole,
      blocked: whole,
    }),
  ),
  cancellations: z.array(
    z.object({
      scheduleId: z.int(),
      title: z.string(),
      startAt: z.iso.datetime(),
      timeZone,
      orders: whole,
      refunded: whole,
      pending: whole,
      failed: whole,
      holds: whole,
    }),
  ),
  failedRefunds: z.array(listedRefund).meta({
    description: `The newest refunds to cards that failed, at most ${REFUNDS_MAX}.`,
  }),
  lanes: z.array(z.looseObject({ name: z.string(), owner: z.string().nullable() })),
  queues: z.array(
    waitingQueue.omit({ concertIds: true, createdAt: true }).extend({
      opensAt: z.iso.datetime().nullable().meta({ description: 'When a gathering draw is held.' }),
      admittedLastMinute: whole,
    }),
  ),
});

/** @param username the operators' user name */
export function boardRoutes(deps: BoardDeps, username: string): Route[] {
  const { orm, waitingQueues } = deps;
  const counted = new LRUCache<'board', object>({
    max: 1,
    ttl: COUNTED_MS,
    fetchMethod: async () => {
      const [schedules, failedRefunds, lanes] = await Promise.all([
        readScheduleFigures(orm),
        readFailedRefunds(orm),
        readLaneFigures(orm),
      ]);
      return { schedules, failedRefunds, lanes };
    },
  });
  const cancellations = new LRUCache<'board', CancellationFigures[]>({
    max: 1,
    ttl: CANCELLATIONS_MS,
    fetchMethod: () => readUnfinishedCancellations(orm),
  });
  return [
    defineRoute({
      method: 'get',
      path: '/admin/session',
      operationId: 'getOperatorSession',
      tag: 'operators',
      summary: 'Get an access token for the logged-in operator',
      access: 'login',
      response: { status: 200, schema: session, description: 'The token.' },
      handle: async () => respondJson(await operatorSession(deps, username)),
    }),
    defineRoute({
      method: 'get',
      path: '/admin/figures',
      operationId: 'getFigures',
      tag: 'operators',
      summary:
        'Get seat counts by state, cancellations in progress, failed refunds to cards, lane owners and all waiting queues',
      description:
        'Queues are at most half a second old, cancellations ten seconds, all else two seconds.',
      access: 'login',
      response: { status: 200, schema: figures, description: 'Figures.' },
      async handle() {
        const [rest, progress] = await Promise.all([
          counted.fetch('board'),
          cancellations.fetch('board'),
        ]);
        return respondJson({ ...rest, cancellations: progress, queues: waitingQueues.figures });
      },
    }),
  ];
}

async function readFailedRefunds(orm: Database): Promise<ListedRefund[]> {
  const page = { state: 'failed', before: undefined, limit: REFUNDS_MAX } as const;
  return (await listCardRefunds(orm, page)).slice(0, REFUNDS_MAX);
}

/**
 * Issues an access token for the logged-in operator. If an identity provider issues the access tokens, the API has no
 * key to sign with: the result is null, and the board asks the operator for a token.
 */
async function operatorSession({ accessTokens, now }: BoardDeps, subject: string) {
  try {
    const issued = await accessTokens.issue({ subject, role: 'admin' }, now());
    await accessTokens.check(issued.accessToken, now());
    return issued;
  } catch {
    return { accessToken: null };
  }
}
