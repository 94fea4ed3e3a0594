/** Puts the HTTP layer together. It never listens and opens no connection: `main.ts` does. */
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { demandLogin } from './auth/login.ts';
import { unknownProxyWarning } from './auth/unknown-proxy.ts';
import { mountDocs } from './openapi/docs-page.ts';
import { openApiDocument } from './openapi/document.ts';
import { type BullBoardDeps, mountBullBoard } from './ops/bull-board.ts';
import { answerError } from './problems/errors.ts';
import type { ProblemCode } from './problems/problems.ts';
import { answerUnmatched } from './problems/unmatched.ts';
import { openRequestContext } from './request-context.ts';
import { type MountDeps, mountRoute } from './route.ts';
import { type ApiRouteDeps, apiRoutes } from './routes/index.ts';
import { mountWeb } from './static/web.ts';

export interface AppDeps extends ApiRouteDeps, Omit<MountDeps, 'noticeProxy'> {
  version: string;
  bullBoard: BullBoardDeps;
}

export function createApp(deps: AppDeps): Hono {
  const app = new Hono();
  // Pages only: an answer of the API gets what it needs where it is made.
  for (const pages of ['/docs', '/docs/*', '/admin/*']) app.use(pages, secureHeaders());
  const noteProblem = (code: ProblemCode) => deps.metrics.noteProblem(code);
  app.onError((error, c) => answerError(deps.log, error, c, openRequestContext(c), noteProblem));
  app.notFound((c) => {
    openRequestContext(c);
    return answerUnmatched(app, deps.cors, c);
  });

  const routes = apiRoutes(deps);
  const login = deps.adminLogin && demandLogin(deps.adminLogin, deps);
  for (const { access, path } of routes) if (access === 'login' && login) app.use(path, login);
  const noticeProxy = unknownProxyWarning(deps.adminLogin, deps.log);
  for (const route of routes) mountRoute(app, { ...deps, noticeProxy }, route);
  mountDocs(app, openApiDocument(routes, deps.version), deps.cors);
  mountWeb(app, { isDevIssuerOn: deps.isDevIssuerOn, login });
  if (login) mountBullBoard(app, login, deps.bullBoard);
  return app;
}
