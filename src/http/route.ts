/** What a route is: one description from which it is mounted and documented (openapi.ts). */
import type { Context, Hono } from 'hono';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Traces } from '../observe/traces.ts';
import { type AccessDeps, admissionOf, authenticate, countCommand } from './auth/access-control.ts';
import type { Caller } from './auth/access-tokens.ts';
import type { AdmittedPlace } from './auth/queue-tokens.ts';
import type { Cors } from './cors.ts';
import { clientsTime, inTime } from './deadline.ts';
import { unlessStreaming } from './events/event-stream.ts';
import type { ResponseHeader } from './openapi/responses.ts';
import type { Metrics } from './ops/metrics.ts';
import { answerError } from './problems/errors.ts';
import { Problem, type ProblemCode } from './problems/problems.ts';
import { headerOf } from './request.ts';
import { readJson } from './request-body.ts';
import { logFieldsOf, openRequestContext, type RequestContext } from './request-context.ts';
import { validate } from './validation.ts';

type Fields = z.ZodType<object>;

/** The heading under which a route is documented. */
export type Tag =
  | ('auth' | 'queue' | 'operators' | 'bookings' | 'concerts')
  | ('seats' | 'draws' | 'points' | 'jobs' | 'health');

export interface Route<
  Params extends Fields = Fields,
  Query extends Fields = Fields,
  Body extends Fields = Fields,
> {
  method: 'get' | 'post' | 'delete';
  /** As OpenAPI writes it: `/concerts/{concertId}`. */
  path: string;
  /** Names the operation in clients that are generated from the document: never changes. */
  operationId: string;
  tag: Tag;
  summary: string;
  description?: string;
  /** `open` asks for nothing; `admin` for an access token with the role; `login`, which app.ts sees to, for a login. */
  access: 'open' | 'user' | 'admin' | 'login';
  /** The route demands a queue token too; where it is a read, not of operators. */
  isQueued?: boolean;
  params?: Params;
  query?: Query;
  body?: Body;
  /** The largest body that the route takes, in bytes; BODY_BYTES_MAX where it is left out. */
  bodyBytesMax?: number;
  /** What a success answers. */
  answer: {
    status: 200 | 202;
    schema?: z.ZodType;
    type?: string;
    description: string;
    /** Headers that it can have besides those that all such answers have. */
    headers?: readonly ResponseHeader[];
  };
  /** The answer has an `ETag`, and is 304 where `If-None-Match` names it. */
  isConditional?: boolean;
  /** Answers that are neither the success nor a problem, by status. */
  otherAnswers?: Readonly<Record<number, { description: string; schema: z.ZodType }>>;
  /** A command's outcome within the wait. */
  outcome?: z.ZodType;
  /** The problems that are this route's own. */
  problems?: readonly ProblemCode[];
  handle(
    request: RouteRequest<z.infer<Params>, z.infer<Query>, z.infer<Body>>,
  ): Promise<Response> | Response;
}

export interface RouteRequest<Params, Query, Body> {
  c: Context;
  /** Who asks. On routes without a token nobody is asked who they are, and this must not be used. */
  caller: Caller;
  /** The place in the queue whose token came along, on queued routes. */
  place: AdmittedPlace | undefined;
  /** Why the place does not admit any more, for commands that may be retries from before. */
  refusal: Problem | undefined;
  params: Params;
  query: Query;
  body: Body;
  requestContext: RequestContext;
}

/** Gives `handle` the types of its own schemas. */
export function defineRoute<Params extends Fields, Query extends Fields, Body extends Fields>(
  route: Route<Params, Query, Body>,
): Route {
  return route as unknown as Route;
}

export interface MountDeps extends AccessDeps {
  metrics: Metrics;
  cors: Cors;
  /** Looks at each request for signs of a proxy. */
  noticeProxy(c: Context): void;
  /** Undefined where no traces are taken. */
  traces: Traces | undefined;
  log: Logger;
}

const nothing = z.strictObject({});
const nobody: Caller = { subject: '', name: undefined, isAdmin: false };

/** Mounts a route, so that every request to it is answered, counted, and has its request context. */
export function mountRoute(app: Hono, deps: MountDeps, route: Route): void {
  const { metrics, traces, log, cors, noticeProxy } = deps;
  // Probes and scrapes would be most of what is traced.
  const isTraced = traces !== undefined && route.tag !== 'health';
  const labels = { method: route.method.toUpperCase(), path: route.path };
  app.on(route.method, route.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
    const began = performance.now();
    const requestContext = openRequestContext(c);
    cors.allow(c);
    noticeProxy(c);
    if (isTraced) requestContext.span = traces?.request(labels, headerOf(c, 'traceparent'));
    const answer = await inTime(requestContext, () =>
      answerRequest(deps, route, c, requestContext),
    ).catch((error) => {
      const problem = answerError(log, error, c, requestContext, (code) =>
        metrics.noteProblem(code),
      );
      return unlessStreaming(c, problem);
    });
    // Hono drops the body of an answer to HEAD without ending it, and whatever feeds it would go on for ever.
    if (c.req.method === 'HEAD') await answer.body?.cancel();
    const ms = performance.now() - began;
    metrics.noteRequest(labels, answer.status, ms);
    requestContext.span?.end(answer.status, logFieldsOf(requestContext));
    if (log.isLevelEnabled('debug')) {
      const about = { ...logFieldsOf(requestContext), ...labels, status: answer.status, ms };
      log.debug(about, 'A request was answered.');
    }
    return answer;
  });
}

/** Who asks, whether they may, whether the request makes sense, and then the route's handler. */
async function answerRequest(
  deps: MountDeps,
  route: Route,
  c: Context,
  requestContext: RequestContext,
): Promise<Response> {
  const takesBody = route.method !== 'get';
  const caller = takesToken(route) ? await authenticate(c, deps) : nobody;
  if (route.outcome) countCommand(caller, deps);
  if (route.access === 'admin' && !caller.isAdmin) {
    throw new Problem('FORBIDDEN', { detail: 'Only operators may do this.' });
  }
  const { place, refusal } = needsPlace(route, caller)
    ? await admissionOf(c, caller, { ...deps, isCommand: route.outcome !== undefined })
    : {};
  const params = route.params ? validate(route.params, c.req.param(), 'path') : {};
  const query = validate(route.query ?? nothing, c.req.query(), 'query');
  const body = takesBody ? await clientsTime(requestContext, () => readBody(route, c)) : {};
  if (route.access === 'admin' && takesBody) {
    const { method, path } = c.req;
    const about = { ...logFieldsOf(requestContext), subject: caller.subject, method, path };
    deps.log.info(about, 'An operator sent a command.');
  }
  return route.handle({ c, caller, place, refusal, params, query, body, requestContext });
}

async function readBody(
  { body: schema = nothing, bodyBytesMax }: Route,
  c: Context,
): Promise<object> {
  const body = await readJson(c, bodyBytesMax);
  return body === undefined && schema === nothing ? {} : validate(schema, body ?? {}, 'body');
}

const takesToken = ({ access }: Route) => access === 'user' || access === 'admin';

/** Operators read without a place in the queue: they prepare and watch sales while nobody is admitted. */
const needsPlace = ({ isQueued, method }: Route, { isAdmin }: Caller) =>
  isQueued === true && !(isAdmin && method === 'get');
