/** Generates the OpenAPI 3.1 document from the route definitions. */
import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { BODY_BYTES_MAX } from '../request-body.ts';
import type { Route, Tag } from '../route.ts';
import { responsesOf } from './responses.ts';

const commandHeaders = z.object({
  'Idempotency-Key': z.string().max(255).optional().meta({
    description:
      'For 30 days, the same request of the same user with the same key returns the same job.',
  }),
  Prefer: z.string().optional().meta({
    description: '`wait=N` waits up to N seconds (0..30) for the outcome.',
    example: 'wait=10',
  }),
});
const conditionalHeaders = z.object({
  'If-None-Match': z
    .string()
    .optional()
    .meta({ description: 'The `ETag` of an earlier response.' }),
});

const SECURITY_SCHEMES = {
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token issued by the identity provider.',
  },
  queueToken: {
    type: 'apiKey',
    in: 'header',
    name: 'Queue-Token',
    description:
      'The token of an active queue entry: `queueToken` in the response of `GET /users/queue`. The entry decides how long it is active, not its `exp`.',
  },
  login: { type: 'http', scheme: 'basic', description: 'The operators’ login.' },
} as const;

const TAGS: Record<Tag, string> = {
  auth: 'The authenticated user, and access tokens for development.',
  queue: 'The waiting queue. Admitted users may book.',
  operators: 'Monitoring and control for operators.',
  orders: 'Hold places together, pay for them, cancel them.',
  bookings: 'Single places: hold them as orders of one, pay for them, cancel them.',
  concerts: 'Concerts and their schedules.',
  seats: 'The seats of a schedule and their states.',
  draws: 'Draws that randomize the order of a waiting queue.',
  tickets: 'What paid places are shown with at the entrance, and who has entered.',
  points: 'The balance and history of a user’s points.',
  jobs: 'Commands and their outcomes.',
  health: 'Endpoints for probes and Prometheus.',
};

/** Returns the whole document as an object. */
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
        'Sells concert seats under heavy load. Every change is a command: the API returns 202 with a job to poll, or waits for the outcome with `Prefer: wait=N`.',
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
    security: securityRequirements(route),
    request: {
      ...(route.params && { params: route.params as z.ZodObject }),
      ...(route.query && { query: route.query as z.ZodObject }),
      ...(headers.length > 0 && { headers }),
      ...(route.body && {
        body: {
          // A request without a body is read as one with an empty object.
          required: !route.body.safeParse({}).success,
          description: `At most ${(route.bodyBytesMax ?? BODY_BYTES_MAX) / 1024} KiB.`,
          content: { 'application/json': { schema: route.body } },
        },
      }),
    },
    responses: responsesOf(route),
  });
}

/** The alternative sets of credentials; a request must satisfy one of them. */
function securityRequirements({ access, isQueued, method }: Route): Record<string, string[]>[] {
  if (access === 'open') return [];
  if (access === 'login') return [{ login: [] }];
  if (!isQueued) return [{ accessToken: [] }];
  const admitted = { accessToken: [], queueToken: [] };
  // Operators read without a queue token.
  return method === 'get' ? [admitted, { accessToken: [] }] : [admitted];
}
