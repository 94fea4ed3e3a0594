/** Assembles the HTTP layer. `main.ts` opens the connections and listens. */
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { demandLogin } from './auth/login.ts';
import { unknownProxyWarning } from './auth/unknown-proxy.ts';
import { mountDocs } from './openapi/docs-page.ts';
import { openApiDocument } from './openapi/document.ts';
import type { BullBoardDeps } from './ops/bull-board.ts';
import { mountBullBoard } from './ops/mount-bull-board.ts';
import { errorResponse } from './problems/errors.ts';
import type { ProblemCode } from './problems/problems.ts';
import { unmatchedResponse } from './problems/unmatched.ts';
import { publicSettingsOf } from './public-settings.ts';
import { openRequestContext } from './request-context.ts';
import { type MountDeps, mountRoute } from './route.ts';
import { type ApiRouteDeps, apiRoutes } from './routes/index.ts';
import { mountWeb } from './static/web.ts';
import type { WebFiles } from './static/web-files.ts';

export interface AppDeps extends ApiRouteDeps, Omit<MountDeps, 'noticeProxy'> {
  version: string;
  bullBoard: BullBoardDeps;
  /** The static files of the pages. */
  webFiles: WebFiles;
}

export function createApp(deps: AppDeps): Hono {
  const app = emptyApp(deps);
  // Only pages need these; API responses set their own headers in respond.ts.
  for (const pages of ['/docs', '/docs/*', '/admin/*']) app.use(pages, secureHeaders());

  const routes = apiRoutes(deps);
  const login = deps.adminLogin && demandLogin(deps.adminLogin, deps);
  for (const { access, path } of routes) if (access === 'login' && login) app.use(path, login);
  const noticeProxy = unknownProxyWarning(deps.adminLogin, deps.log);
  for (const route of routes) mountRoute(app, { ...deps, noticeProxy }, route);
  mountDocs(app, openApiDocument(routes, deps.version), deps.cors);
  const { isDevIssuerOn, webFiles } = deps;
  mountWeb(app, { isDevIssuerOn, settings: publicSettingsOf(deps), login, webFiles });
  const { bullBoard: board } = deps;
  if (login) mountBullBoard(app, { login, board, createPages: () => emptyApp(deps) });
  return app;
}

/** An app without routes, which answers errors and unknown paths with problems. */
function emptyApp(deps: AppDeps): Hono {
  const app = new Hono();
  const countProblem = (code: ProblemCode) => deps.metrics.countProblem(code);
  app.onError((error, c) => errorResponse(deps.log, error, c, openRequestContext(c), countProblem));
  app.notFound((c) => {
    openRequestContext(c);
    return unmatchedResponse(app, deps.cors, c);
  });
  return app;
}
