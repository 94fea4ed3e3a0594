/** What the operators' board works with: a token in the name of who has logged in, and figures that no other route has. */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Database } from '../../db/connection/orm.ts';
import { readLaneFigures, readScheduleFigures } from '../../db/reads/board.ts';
import type { AccessTokens } from '../auth/access-tokens.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';

export interface BoardDeps {
  orm: Database;
  accessTokens: AccessTokens;
  /** In ms since 1970. */
  now(): number;
}

/** Seats are counted one by one: so often at most, however many look. */
const COUNTED_MS = 2000;

const whole = z.int().min(0);
const session = z.object({
  accessToken: z.string().nullable().meta({
    description: 'An operator’s; null where an identity provider signs them.',
  }),
  tokenType: z.string().optional(),
  expiresIn: whole.optional().meta({ description: 'Seconds.' }),
});
const figures = z.object({
  schedules: z.array(
    z.object({
      ...{ id: z.int(), concertId: z.int(), title: z.string(), startAt: z.iso.datetime() },
      ...{ available: whole, held: whole, sold: whole, blocked: whole },
    }),
  ),
  lanes: z.array(z.looseObject({ name: z.string(), owner: z.string().nullable() })),
});

/** @param username who logs in */
export function boardRoutes(deps: BoardDeps, username: string): Route[] {
  const { orm } = deps;
  const counted = new LRUCache<'board', object>({
    max: 1,
    ttl: COUNTED_MS,
    fetchMethod: async () => {
      const [schedules, lanes] = await Promise.all([
        readScheduleFigures(orm),
        readLaneFigures(orm),
      ]);
      return { schedules, lanes };
    },
  });
  return [
    defineRoute({
      method: 'get',
      path: '/admin/session',
      operationId: 'getOperatorSession',
      tag: 'operators',
      summary: 'An operator’s access token for who has logged in',
      access: 'login',
      answer: { status: 200, schema: session, description: 'The token.' },
      handle: async () => respondJson(await operatorSession(deps, username)),
    }),
    defineRoute({
      method: 'get',
      path: '/admin/figures',
      operationId: 'getFigures',
      tag: 'operators',
      summary: 'Seats by state and the owners of lanes, at most two seconds old',
      access: 'login',
      answer: { status: 200, schema: figures, description: 'Figures.' },
      handle: async () => respondJson((await counted.fetch('board')) ?? {}),
    }),
  ];
}

/**
 * An operator's access token for the board, in the name that was logged in with. Where tokens come from an
 * identity provider we have nothing to sign with: then there is none, and the board asks for one.
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
