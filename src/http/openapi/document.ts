/** Generates the OpenAPI 3.1 document from the route definitions. */
import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { BODY_BYTES_MAX } from '../request-body.ts';
import type { Route } from '../route.ts';
import { responsesOf } from './responses.ts';
import { TAGS } from './tags.ts';

const waitHeaders = z.object({
  Prefer: z.string().optional().meta({
    description: '`wait=N` waits up to N seconds (0..30) for the outcome.',
    example: 'wait=10',
  }),
});
const commandHeaders = waitHeaders.extend({
  'Idempotency-Key': z.string().max(255).optional().meta({
    description:
      'For 30 days, the same request of the same user with the same key returns the same job.',
  }),
});
const streamHeaders = z.object({
  'Last-Event-ID': z
    .string()
    .optional()
    .meta({ description: 'The `id` of the last event that was received.' }),
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
    ...(route.reads === 'Prefer' ? [waitHeaders] : []),
    ...(route.isConditional ? [conditionalHeaders] : []),
    ...(route.reads === 'Last-Event-ID' ? [streamHeaders] : []),
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
      ...bodyOf(route),
    },
    responses: responsesOf(route),
  });
}

function bodyOf({ body, hasRawBody, bodyBytesMax = BODY_BYTES_MAX }: Route) {
  const limit = `At most ${bodyBytesMax / 1024} KiB.`;
  if (hasRawBody) {
    const description = `An object in the form of the sender, and signed by it. ${limit}`;
    const content = { 'application/json': { schema: z.looseObject({}) } };
    return { body: { required: true, description, content } };
  }
  if (!body) return {};
  // A request without a body is read as one with an empty object.
  const required = !body.safeParse({}).success;
  return {
    body: { required, description: limit, content: { 'application/json': { schema: body } } },
  };
}

/** The alternative sets of credentials; a request must satisfy one of them. The values are the roles that the access token needs (OpenAPI 3.1). */
function securityRequirements({ access, isQueued, method }: Route): Record<string, string[]>[] {
  if (access === 'open') return [];
  if (access === 'login') return [{ login: [] }];
  if (access === 'admin') return [{ accessToken: ['admin'] }];
  if (access === 'gate') return [{ accessToken: ['gate'] }, { accessToken: ['admin'] }];
  if (!isQueued) return [{ accessToken: [] }];
  const admitted = { accessToken: [], queueToken: [] };
  // Operators read without a queue token.
  return method === 'get' ? [admitted, { accessToken: ['admin'] }] : [admitted];
}
