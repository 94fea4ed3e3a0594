/** The operators' board, at `/admin`: its page, the token that it works with, and figures that no other route has. */
import type { Hono, MiddlewareHandler } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { LRUCache } from 'lru-cache';
import type { Database } from '../db/orm.ts';
import { readLaneFigures, readScheduleFigures } from '../db/reads/board.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { AdminLogin } from './admin.ts';
import { respondJson } from './respond.ts';

export interface BoardDeps {
  orm: Database;
  accessTokens: AccessTokens;
  /** In ms since 1970. */
  now(): number;
}

/** Seats are counted one by one: so often at most, however many look. */
const COUNTED_MS = 2000;

/** @param page answers with the board's HTML, guarded as pages are */
export function mountBoard(
  app: Hono,
  deps: BoardDeps,
  login: AdminLogin,
  page: readonly [MiddlewareHandler, MiddlewareHandler],
): void {
  const { orm } = deps;
  const figures = new LRUCache<'board', object>({
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
  for (const path of ['/admin', '/admin/session', '/admin/figures'])
    app.use(path, basicAuth(login));
  app.get('/admin', ...page);
  app.get('/admin/session', async () => respondJson(await operatorSession(deps, login.username)));
  app.get('/admin/figures', async () => respondJson((await figures.fetch('board')) ?? {}));
}

/**
 * An operator's access token for the board, in the name that was logged in with. Where tokens come from an
 * identity provider we have nothing to sign with: then there is none, and the board asks for one.
 */
async function operatorSession({ accessTokens, now }: BoardDeps, subject: string) {
  try {
    const issued = await accessTokens.issue({ subject, role: 'admin' });
    await accessTokens.check(issued.accessToken, now());
    return issued;
  } catch {
    return { accessToken: null };
  }
}
