/** Puts the HTTP layer together. It never listens and opens no connection: `main.ts` does. */
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { type BullBoardDeps, mountBullBoard } from './admin.ts';
import { answerError } from './answer-error.ts';
import { mountDocs } from './docs.ts';
import { demandLogin } from './login.ts';
import { openApiDocument } from './openapi.ts';
import type { ProblemCode } from './problems.ts';
import { type MountDeps, mountRoute } from './route.ts';
import { type ApiRouteDeps, apiRoutes } from './routes/index.ts';
import { openTrail } from './trail.ts';
import { unknownProxyWarning } from './unknown-proxy.ts';
import { answerUnmatched } from './unmatched.ts';
import { mountWeb } from './web.ts';

export interface AppDeps extends ApiRouteDeps, Omit<MountDeps, 'noticeProxy'> {
  version: string;
  bullBoard: BullBoardDeps;
}

export function createApp(deps: AppDeps): Hono {
  const app = new Hono();
  // Pages only: an answer of the API gets what it needs where it is made.
  for (const pages of ['/docs', '/docs/*', '/admin/*']) app.use(pages, secureHeaders());
  const noteProblem = (code: ProblemCode) => deps.metrics.noteProblem(code);
  app.onError((error, c) => answerError(deps.log, error, c, openTrail(c), noteProblem));
  app.notFound((c) => {
    openTrail(c);
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
