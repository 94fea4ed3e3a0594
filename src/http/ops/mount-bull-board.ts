/** Bull Board behind the operators' login. Its libraries are loaded when an operator first opens it. */
import type { Hono, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { BullBoardDeps } from './bull-board.ts';

const PATH = '/admin/queues';

export interface BullBoardMount {
  /** Admits operators only. */
  login: MiddlewareHandler;
  /** Creates an app that answers errors and unknown paths as the one around it does. */
  createPages(): Hono;
  board: BullBoardDeps;
}

export function mountBullBoard(app: Hono, { login, createPages, board }: BullBoardMount): void {
  let pages: Promise<Hono> | undefined;
  const load = async () => {
    const { addBullBoard } = await import('./bull-board.ts');
    const created = createPages();
    addBullBoard(created, PATH, board);
    return created;
  };
  for (const path of [PATH, `${PATH}/*`]) app.use(path, login, sameOriginOnly, removeExternalLinks);
  app.get(`${PATH}/`, (c) => c.redirect(PATH));
  for (const path of [PATH, `${PATH}/*`]) {
    app.all(path, async (c) => {
      pages ??= load().catch((error) => {
        pages = undefined;
        throw error;
      });
      return (await pages).fetch(c.req.raw, c.env);
    });
  }
}

const sameOriginOnly = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    // Bull Board uses inline styles.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'self'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
});

/** Bull Board's page links to Google Fonts, and would not render until an unreachable style sheet times out. */
const removeExternalLinks: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.get('content-type')?.startsWith('text/html')) return;
  const page = await c.res.text();
  c.res = new Response(page.replaceAll(/<link\b[^>]*\bhref="https?:[^>]*>/g, ''), c.res);
};
