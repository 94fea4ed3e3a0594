/** Writes the OpenAPI 3.1 document from the routes' own descriptions. */
import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { BODY_BYTES_MAX } from '../request-body.ts';
import type { Route, Tag } from '../route.ts';
import { responsesOf } from './responses.ts';

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
const conditionalHeaders = z.object({
  'If-None-Match': z.string().optional().meta({ description: 'An `ETag` from before.' }),
});

const SECURITY_SCHEMES = {
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of the identity provider.',
  },
  queueToken: {
    type: 'apiKey',
    in: 'header',
    name: 'Queue-Token',
    description:
      'Comes with an active place in the waiting queue: `queueToken` of `GET /users/queue`.',
  },
  login: { type: 'http', scheme: 'basic', description: 'The login of operators.' },
} as const;

const TAGS: Record<Tag, string> = {
  auth: 'Who the caller is; tokens for development.',
  queue: 'The waiting queue, whose active users may book.',
  operators: 'What operators see and steer.',
  bookings: 'Holding, paying and giving back seats.',
  concerts: 'Concerts and their schedules.',
  seats: 'The seats of a schedule and their states.',
  draws: 'Draws of the order of a waiting queue.',
  points: 'Balance and history of points.',
  jobs: 'Commands and their outcomes.',
  health: 'For probes and Prometheus.',
};

/** The whole document, as an object. */
export function openApiDocument(routes: readonly Route[], version: string): object {
  const registry = new OpenAPIRegistry();
  for (const [name, scheme] of Object.entries(SECURITY_SCHEMES)) {
    registry.registerComponent('securitySchemes', name, scheme);
  }
  for (const route of routes) documentRoute(registry, route);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Seatlane',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'Sells concert seats under a rush. Every change is a command: 202 with a job id, then poll the job, or hold the request with `Prefer: wait=N`.',
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  });
}

function documentRoute(registry: OpenAPIRegistry, route: Route): void {
  const headers = [
    ...(route.outcome ? [commandHeaders] : []),
    ...(route.isConditional ? [conditionalHeaders] : []),
  ];
  registry.registerPath({
    method: route.method,
    path: route.path,
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description !== undefined && { description: route.description }),
    security: waysIn(route),
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
    responses: responsesOf(route),
  });
}

/** The alternatives of credentials, one of which a request must bring. */
function waysIn({ access, isQueued, method }: Route): Record<string, string[]>[] {
  if (access === 'open') return [];
  if (access === 'login') return [{ login: [] }];
  if (!isQueued) return [{ accessToken: [] }];
  const admitted = { accessToken: [], queueToken: [] };
  // Operators read without a place in the queue.
  return method === 'get' ? [admitted, { accessToken: [] }] : [admitted];
}
