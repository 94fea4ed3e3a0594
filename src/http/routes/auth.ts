/** The authenticated user, and the development issuer, which issues tokens for any subject while it is enabled. */
import { z } from 'zod';
import type { EpochMs } from '../../commands/epoch-ms.ts';
import { storable } from '../../commands/schemas/text.ts';
import { type AccessTokens, ROLES, SUBJECT_LENGTH_MAX } from '../auth/access-tokens.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';

const text = storable.min(1).max(SUBJECT_LENGTH_MAX);

export const whoAmI: Route = defineRoute({
  method: 'get',
  path: '/users/me',
  operationId: 'getMe',
  tag: 'auth',
  summary: 'Get the authenticated user',
  access: 'user',
  response: {
    status: 200,
    description: 'The authenticated user.',
    schema: z.object({
      subject: z.string(),
      name: z.string().nullable(),
      role: z.enum(ROLES).nullable(),
      isAdmin: z.boolean(),
    }),
  },
  handle: ({ caller: { subject, name, role, isAdmin } }) =>
    respondJson({ subject, name: name ?? null, role: role ?? null, isAdmin }),
});

export interface AuthDeps {
  accessTokens: AccessTokens;
  /** In ms since 1970, by PostgreSQL's clock. */
  now(): EpochMs;
}

export function authRoutes({ accessTokens, now }: AuthDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/auth/token',
      operationId: 'issueAccessToken',
      tag: 'auth',
      summary: 'Get an access token (development only)',
      access: 'open',
      body: z.strictObject({
        subject: text.meta({ example: 'ada' }),
        name: text.optional(),
        role: z.enum(['user', ...ROLES]).optional(),
      }),
      response: {
        status: 200,
        description: 'An access token.',
        schema: z.object({
          accessToken: z.string(),
          tokenType: z.literal('Bearer'),
          expiresIn: z.int().meta({ description: 'In seconds.' }),
        }),
      },
      async handle({ body }) {
        return respondJson(await accessTokens.issue(body, now()));
      },
    }),
  ];
}
