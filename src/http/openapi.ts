/** Writes the OpenAPI 3.1 document from the routes' own descriptions. */
import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { type ProblemCode, statusOf } from './problems.ts';
import { BODY_BYTES_MAX } from './request-body.ts';
import type { Route } from './route.ts';

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .max(10)
      .optional()
      .meta({ description: 'The first ten things that are wrong.' }),
    jobId: z.string().optional(),
    seatId: z.int().optional(),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457 problem details with a code.',
    example: {
      type: 'urn:seatlane:problem:seat-already-held',
      title: 'The seat is held',
      status: 409,
      code: 'SEAT_ALREADY_HELD',
      detail: 'Seat 187 is held by somebody.',
      seatId: 187,
      jobId: 'seat-6_pKmrXiqSoU-j96g4snAdQg',
    },
  });

export const jobSchema = z
  .object({
    id: z.string(),
    command: z.string(),
    state: z.enum(['queued', 'running', 'succeeded', 'rejected', 'failed']),
    result: z.record(z.string(), z.unknown()).nullable(),
    problem: problemSchema.nullable(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({
    id: 'Job',
    description: 'A command and what has come of it.',
    example: {
      ...{ id: 'user-5_mdUvTNKKkDc6QsEim0pwhw', command: 'charge-points', state: 'succeeded' },
      ...{ result: { balance: 12_000 }, problem: null },
      createdAt: '2026-11-21T02:20:08.351Z',
      finishedAt: '2026-11-21T02:20:08.359Z',
    },
  });

const commandHeaders = z.object({
  'Idempotency-Key': z
    .string()
    .max(255)
    .optional()
    .meta({ description: 'The same key, user and request give the same job, for 30 days.' }),
  Prefer: z.string().optional().meta({
    description: '`wait=N` holds the request for the outcome, N seconds at most (0..30).',
    example: 'wait=10',
  }),
});
const queueTokenHeader = z.object({ 'Queue-Token': z.string() });

/** Adds a route to the document. */
export function documentRoute(registry: OpenAPIRegistry, route: Route): void {
  const isCommand = route.outcome !== undefined;
  const headers = [
    ...(isCommand ? [commandHeaders] : []),
    ...(route.isQueued ? [queueTokenHeader] : []),
  ];
  registry.registerPath({
    method: route.method,
    path: route.path,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description !== undefined && { description: route.description }),
    ...(route.access !== 'open' && {
      security: [{ [route.access === 'login' ? 'login' : 'accessToken']: [] }],
    }),
    request: {
      ...(route.params && { params: route.params as z.ZodObject }),
      ...(route.query && { query: route.query as z.ZodObject }),
      ...(headers.length > 0 && { headers }),
      ...(route.body && {
        body: {
          required: true,
          description: `At most ${(route.bodyBytesMax ?? BODY_BYTES_MAX) / 1024} KiB.`,
          content: { 'application/json': { schema: route.body } },
        },
      }),
    },
    responses: { ...successes(route), ...problems(route) },
  });
}

function successes({ answer, outcome }: Route) {
  const type = answer.type ?? 'application/json';
  const content = answer.schema ? { content: { [type]: { schema: answer.schema } } } : {};
  const main = { [answer.status]: { description: answer.description, ...content } };
  if (!outcome) return main;
  const finished = jobSchema.extend({ result: outcome.nullable() });
  return {
    ...main,
    200: {
      description: 'The command succeeded within the wait.',
      content: { 'application/json': { schema: finished } },
    },
  };
}

function problems(route: Route) {
  // A body is read and checked even where none is expected; so is a command's idempotency key.
  const takesBody = route.method !== 'get';
  const codes: ProblemCode[] = [
    ...(route.problems ?? []),
    ...(route.params || route.query || takesBody ? (['VALIDATION_FAILED'] as const) : []),
    ...(takesBody ? (['MALFORMED_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const) : []),
    ...(route.access === 'user' || route.access === 'admin'
      ? (['TOKEN_NOT_PROVIDED', 'INVALID_TOKEN', 'TOKEN_EXPIRED'] as const)
      : []),
    ...(route.access === 'login' ? (['LOGIN_REQUIRED', 'TOO_MANY_LOGINS'] as const) : []),
    ...(route.access === 'admin' ? (['FORBIDDEN'] as const) : []),
    ...(route.isQueued ? (['QUEUE_TOKEN_REQUIRED', 'QUEUE_TOKEN_INVALID'] as const) : []),
    ...(route.outcome
      ? ([
          ...['IDEMPOTENCY_KEY_REUSED', 'RATE_LIMITED', 'LANE_FULL'],
          ...['SERVICE_UNAVAILABLE', 'ACCEPTANCE_UNKNOWN', 'COMMAND_FAILED'],
        ] as const)
      : []),
  ];
  const byStatus = Map.groupBy(new Set(codes), statusOf);
  return Object.fromEntries(
    [...byStatus].map(([status, named]) => [
      status,
      {
        description: named.map((code) => `\`${code}\``).join(', '),
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  );
}

/** The whole document, as an object. */
export function openApiDocument(registry: OpenAPIRegistry, version: string): object {
  registry.registerComponent('securitySchemes', 'accessToken', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });
  registry.registerComponent('securitySchemes', 'login', { type: 'http', scheme: 'basic' });
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Seatlane',
      version,
      description:
        'Sells concert seats under a rush. Every change is a command: 202 with a job id, then poll the job, or hold the request with `Prefer: wait=N`.',
    },
    servers: [{ url: '/' }],
  });
}

export { OpenAPIRegistry };
