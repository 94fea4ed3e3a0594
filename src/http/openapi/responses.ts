/** The responses of a route in the OpenAPI document: every status, body and header that it can return. */
import type { ResponseConfig } from '@asteasolutions/zod-to-openapi';
import type { z } from 'zod';
import { type ProblemCode, statusOf } from '../problems/problems.ts';
import type { Route } from '../route.ts';
import { problemSchema, succeededJob } from '../schemas.ts';

type Responses = Record<number, ResponseConfig>;

const QUEUE_TOKEN_PROBLEMS = [
  'QUEUE_TOKEN_REQUIRED',
  'QUEUE_TOKEN_INVALID',
  'QUEUE_TOKEN_WRONG_QUEUE',
] as const;

const HEADERS = {
  'X-Request-Id': [
    'Identifies the request in the log: the client’s value, or a generated one.',
    'string',
  ],
  Location: ['The path of the command’s job.', 'string'],
  'Retry-After': ['The seconds to wait before the next request.', 'integer'],
  ETag: ['The version of the response, for `If-None-Match`.', 'string'],
  'Preference-Applied': ['`wait` if the request waited for the outcome.', 'string'],
  'WWW-Authenticate': ['The required authentication scheme.', 'string'],
} as const;

export type ResponseHeader = keyof typeof HEADERS;

/** Every response that the route can return, by status. */
export function responsesOf(route: Route): Responses {
  return { ...successes(route), ...problems(route), ...otherResponses(route) };
}

function headers(always: readonly ResponseHeader[], sometimes: readonly ResponseHeader[] = []) {
  const describe = (name: ResponseHeader, required: boolean) => {
    const [description, type] = HEADERS[name];
    return [name, { description, required, schema: { type } }] as const;
  };
  return Object.fromEntries([
    ...(['X-Request-Id', ...always] as const).map((name) => describe(name, true)),
    ...sometimes.map((name) => describe(name, false)),
  ]);
}

function content(schema: z.ZodType | undefined, type = 'application/json') {
  return schema ? { content: { [type]: { schema } } } : {};
}

function successes(route: Route): Responses {
  const { response, outcome, isConditional } = route;
  const always: ResponseHeader[] = [
    ...(outcome ? (['Location', 'Retry-After'] as const) : []),
    ...(isConditional ? (['ETag'] as const) : []),
  ];
  return {
    [response.status]: {
      description: response.description,
      headers: headers(always, response.headers),
      ...content(response.schema, response.type),
    },
    ...(isConditional && {
      304: {
        description: '`If-None-Match` matches the current version.',
        headers: headers(['ETag']),
      },
    }),
    ...(outcome && {
      200: {
        description: 'The command succeeded within the wait.',
        headers: headers(['Location', 'Preference-Applied']),
        ...content(succeededJob(outcome)),
      },
    }),
  };
}

function problems(route: Route): Responses {
  // A body is read and validated even if none is expected.
  const takesBody = route.method !== 'get';
  const demandsRole = route.access === 'gate' || route.access === 'admin';
  const takesToken = route.access === 'user' || demandsRole;
  const codes: ProblemCode[] = [
    ...(route.problems ?? []),
    ...(['VALIDATION_FAILED', 'SERVICE_UNAVAILABLE', 'INTERNAL_ERROR'] as const),
    ...(takesBody ? (['BODY_TOO_LARGE', 'REQUEST_TIMEOUT'] as const) : []),
    ...(takesBody && !route.hasRawBody
      ? (['MALFORMED_JSON', 'UNSUPPORTED_MEDIA_TYPE'] as const)
      : []),
    ...(takesToken ? (['TOKEN_NOT_PROVIDED', 'INVALID_TOKEN', 'TOKEN_EXPIRED'] as const) : []),
    ...(route.access === 'login' ? (['LOGIN_REQUIRED', 'TOO_MANY_LOGINS'] as const) : []),
    ...(demandsRole || (takesToken && route.outcome) ? (['FORBIDDEN'] as const) : []),
    ...(route.isQueued ? QUEUE_TOKEN_PROBLEMS : []),
    ...(route.outcome
      ? ([
          'IDEMPOTENCY_KEY_REUSED',
          'RATE_LIMITED',
          'LANE_FULL',
          'ACCEPTANCE_UNKNOWN',
          'COMMAND_FAILED',
        ] as const)
      : []),
  ];
  const byStatus = Map.groupBy(new Set(codes), statusOf);
  return Object.fromEntries(
    [...byStatus].map(([status, named]) => [
      status,
      {
        description: named.map((code) => `\`${code}\``).join(', '),
        headers: headers(REQUIRED_HEADERS[status] ?? [], [
          ...(route.outcome ? (['Location', 'Preference-Applied'] as const) : []),
          ...(named.includes('CHECKOUT_LIMIT_REACHED') ? (['Retry-After'] as const) : []),
        ]),
        ...content(problemSchema, 'application/problem+json'),
      },
    ]),
  );
}

/** The headers that every problem of a status has. */
const REQUIRED_HEADERS: Readonly<Record<number, ResponseHeader[]>> = {
  401: ['WWW-Authenticate'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

function otherResponses({ otherResponses: others = {} }: Route): Responses {
  return Object.fromEntries(
    Object.entries(others).map(([status, { description, schema }]) => [
      status,
      { description, headers: headers([]), ...content(schema) },
    ]),
  );
}
