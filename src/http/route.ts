/** A route: one definition that is both mounted here and documented in the OpenAPI document (openapi/document.ts). */
import type { Context, Hono } from 'hono';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { OnSale } from '../db/reads/queue/concerts.ts';
import type { Traces } from '../observe/traces.ts';
import { type AccessDeps, admissionOf, callerOf, needsQueueToken } from './auth/access-control.ts';
import type { Caller } from './auth/access-tokens.ts';
import type { AdmittedEntry } from './auth/queue-tokens.ts';
import type { Cors } from './cors.ts';
import { pauseDeadline, withinDeadline } from './deadline.ts';
import { unlessStreaming } from './events/event-stream.ts';
import type { ResponseHeader } from './openapi/responses.ts';
import type { Tag } from './openapi/tags.ts';
import type { Metrics } from './ops/metrics.ts';
import { errorResponse } from './problems/errors.ts';
import type { Problem, ProblemCode } from './problems/problems.ts';
import type { ConcertQueues } from './queue/concert-queues.ts';
import { headerOf, queryOf } from './request.ts';
import { hasBody, readJson, readTextSoon } from './request-body.ts';
import { logFieldsOf, openRequestContext, type RequestContext } from './request-context.ts';
import { validate } from './validation.ts';

export type Fields = z.ZodType<object>;

export interface Route<
  Params extends Fields = Fields,
  Query extends Fields = Fields,
  Body extends Fields = Fields,
> {
  method: 'get' | 'post' | 'put' | 'delete';
  /** In OpenAPI syntax: `/concerts/{concertId}`. */
  path: string;
  /** Generated clients name the operation after it, so it never changes. */
  operationId: string;
  tag: Tag;
  summary: string;
  description?: string;
  /**
   * `open` requires nothing, `user` an access token, `admin` one with that role, `gate` one with that role or `admin`, and
   * `login` an operator's HTTP Basic login, which app.ts checks.
   */
  access: 'open' | 'user' | 'gate' | 'admin' | 'login';
  /** The route also requires a queue token. Operators may read without one. */
  isQueued?: boolean;
  /** The concert or schedule of a queued route that reads; the token must be of the queue that admits to it. */
  about?: (params: z.infer<Params>) => OnSale;
  /** A queue token whose entry has ended is passed on to the worker, which decides what it still permits. */
  acceptsEndedToken?: boolean;
  params?: Params;
  query?: Query;
  body?: Body;
  /** The handler gets the exact text of the body, of any content type: its signature is of that text. */
  hasRawBody?: boolean;
  /** Throws a problem if a raw body is not to be read at all. What it returns is called after the reading. */
  admitBody?: (c: Context, params: z.infer<Params>) => () => void;
  /** The size limit of the body, in bytes; BODY_BYTES_MAX by default. */
  bodyBytesMax?: number;
  /** The response to a successful request. */
  response: {
    status: 200 | 202;
    schema?: z.ZodType;
    type?: string;
    description: string;
    /** Optional headers, besides those that every route of this kind sends. */
    headers?: readonly ResponseHeader[];
  };
  /** The response has an `ETag`; the route returns 304 if `If-None-Match` matches it. */
  isConditional?: boolean;
  /** A header that the handler reads: of reads that wait for an outcome, or of event streams. */
  reads?: 'Prefer' | 'Last-Event-ID';
  /** Responses that are neither the successful one nor a problem, by status. */
  otherResponses?: Readonly<Record<number, { description: string; schema: z.ZodType }>>;
  /** The result of the route's command; undefined if the route enqueues no command. */
  outcome?: z.ZodType;
  /** The problems specific to this route. */
  problems?: readonly ProblemCode[];
  handle(
    request: RouteRequest<z.infer<Params>, z.infer<Query>, z.infer<Body>>,
  ): Promise<Response> | Response;
}

export interface RouteRequest<Params, Query, Body> {
  c: Context;
  /** The authenticated user; on `open` and `login` routes a placeholder with an empty subject. */
  caller: Caller;
  /** The queue entry named by the request's queue token, on queued routes. */
  entry: AdmittedEntry | undefined;
  /**
   * Set if the queue token is no longer valid. The handler then accepts only a retry of an accepted command, and otherwise
   * throws this problem.
   */
  refusal: Problem | undefined;
  params: Params;
  query: Query;
  body: Body;
  /** The body as it was received, on routes with `hasRawBody`; '' elsewhere. */
  rawBody: string;
  requestContext: RequestContext;
}

/** Infers the types of `handle` from the route's schemas. */
export function defineRoute<Params extends Fields, Query extends Fields, Body extends Fields>(
  route: Route<Params, Query, Body>,
): Route {
  return route as unknown as Route;
}

export interface MountDeps extends AccessDeps {
  concertQueues: ConcertQueues;
  metrics: Metrics;
  cors: Cors;
  /** Checks each request for signs of an unconfigured proxy. */
  noticeProxy(c: Context): void;
  /** Undefined if tracing is off. */
  traces: Traces | undefined;
  log: Logger;
}

const nothing = z.strictObject({});

/** Mounts a route with its request context, deadline, error handling, metrics and trace. */
export function mountRoute(app: Hono, deps: MountDeps, route: Route): void {
  const { metrics, traces, log, cors, noticeProxy } = deps;
  // Probes and scrapes would outnumber all other traces.
  const isTraced = traces !== undefined && route.tag !== 'health';
  const labels = { method: route.method.toUpperCase(), path: route.path };
  const countProblem = metrics.problemCounter(route);
  app.on(route.method, route.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
    const startedAt = performance.now();
    const requestContext = openRequestContext(c);
    cors.allow(c);
    noticeProxy(c);
    if (isTraced) requestContext.span = traces?.request(labels, headerOf(c, 'traceparent'));
    const response = await withinDeadline(requestContext, () =>
      handleRequest(deps, route, c, requestContext),
    ).catch((error) =>
      unlessStreaming(c, errorResponse(log, error, c, requestContext, countProblem)),
    );
    // Hono drops the body of a HEAD response without cancelling it, and its source would run forever.
    if (c.req.method === 'HEAD') await response.body?.cancel();
    const ms = performance.now() - startedAt;
    metrics.observeRequest(labels, response.status, ms);
    requestContext.span?.end(response.status, logFieldsOf(requestContext));
    if (log.isLevelEnabled('debug')) {
      const about = { ...logFieldsOf(requestContext), ...labels, status: response.status, ms };
      log.debug(about, 'Request completed.');
    }
    return response;
  });
}

/** Authenticates the caller, checks their permissions, validates the request, and calls the route's handler. */
async function handleRequest(
  deps: MountDeps,
  route: Route,
  c: Context,
  requestContext: RequestContext,
): Promise<Response> {
  const takesBody = route.method !== 'get';
  const caller = await callerOf(c, route, deps);
  const { entry, refusal } = needsQueueToken(route, caller)
    ? await admissionOf(c, caller, {
        ...deps,
        isCommand: route.outcome !== undefined,
        acceptsEnded: route.acceptsEndedToken === true,
      }).catch((error) => deps.concertQueues.nameIn(error, route, c.req.param()))
    : {};
  const params = route.params ? validate(route.params, c.req.param(), 'path') : {};
  if (entry && route.about) await deps.concertQueues.refuseOthers(entry, route.about(params));
  const hasQuery = c.req.url.includes('?') || route.query;
  const query = hasQuery ? validate(route.query ?? nothing, queryOf(c), 'query') : {};
  const reading = { c, params, requestContext };
  const { body, rawBody } = takesBody ? await readBody(route, reading) : { body: {}, rawBody: '' };
  if (route.access === 'admin' && takesBody) {
    const { method, path } = c.req;
    const about = { ...logFieldsOf(requestContext), subject: caller.subject, method, path };
    deps.log.info(about, 'An operator sent a command.');
  }
  return route.handle({ c, caller, entry, refusal, params, query, body, rawBody, requestContext });
}

type Reading = Pick<RouteRequest<object, object, object>, 'c' | 'params' | 'requestContext'>;

/** The client decides how long the body takes, so the deadline is paused meanwhile. */
async function readBody(
  { body: schema = nothing, hasRawBody, admitBody, bodyBytesMax }: Route,
  { c, params, requestContext }: Reading,
): Promise<{ body: object; rawBody: string }> {
  const pausing = <Given>(read: () => Promise<Given>) => pauseDeadline(requestContext, read);
  if (hasRawBody) {
    const release = admitBody?.(c, params);
    const rawBody = await pausing(() => readTextSoon(c, bodyBytesMax)).finally(release);
    return { body: {}, rawBody };
  }
  const given = hasBody(c) ? await pausing(() => readJson(c, bodyBytesMax)) : undefined;
  const isMissing = given === undefined && schema === nothing;
  return { body: isMissing ? {} : validate(schema, given ?? {}, 'body'), rawBody: '' };
}
