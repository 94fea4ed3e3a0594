/** Webhook routes: operators register servers that receive outcomes and events. */
import { z } from 'zod';
import { commands } from '../../commands/index.ts';
import { privateLiteralIn } from '../../commands/operators/public-address.ts';
import {
  type RegisterWebhook,
  registerWebhook,
  webhook,
} from '../../commands/operators/register-webhook.ts';
import { removeWebhook } from '../../commands/operators/remove-webhook.ts';
import { id } from '../../commands/schemas/resources.ts';
import { webhookSecret } from '../../commands/schemas/webhook-secret.ts';
import type { Database } from '../../db/connection/orm.ts';
import { listWebhooks } from '../../db/reads/webhooks.ts';
import type { JobDeps } from '../jobs/accept-command.ts';
import { commandRoute } from '../jobs/command-route.ts';
import { fromCursor, pageQuery, toPage } from '../reads/pagination.ts';
import { pathId } from '../request.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';
import { invalid, type ValidationError } from '../validation.ts';
import { pageOf } from './shared-responses.ts';

const withSecret = webhook.extend({
  secret: z.string().meta({ description: 'The signing secret (Standard Webhooks).' }),
});

export interface WebhookDeps extends JobDeps {
  orm: Database;
  webhooks: { secret: string; isPrivateAllowed: boolean };
}

/** Checks that the schema cannot make: it has no access to the settings, nor to the list of commands that it is part of. */
function errorsOf({ url, commands: names }: RegisterWebhook, isPrivateAllowed: boolean) {
  const errors: ValidationError[] = [];
  if (!isPrivateAllowed) {
    const { protocol, hostname } = new URL(url);
    if (protocol !== 'https:') errors.push({ path: 'url', message: 'must be an https URL' });
    if (privateLiteralIn(hostname) !== undefined) {
      errors.push({ path: 'url', message: 'must not lead to a private or special address' });
    }
  }
  for (const [index, name] of (names ?? []).entries()) {
    if (Object.hasOwn(commands, name)) continue;
    errors.push({ path: `commands.${index}`, message: 'must be the name of a command' });
  }
  return errors;
}

export function webhookRoutes(deps: WebhookDeps): Route[] {
  const { secret, isPrivateAllowed } = deps.webhooks;
  return [
    commandRoute(deps, {
      command: registerWebhook,
      method: 'post',
      path: '/webhooks',
      operationId: 'registerWebhook',
      tag: 'operators',
      summary: 'Register a webhook, a server that receives outcomes and events',
      access: 'admin',
      body: registerWebhook.input,
      inputOf({ body }) {
        const errors = errorsOf(body, isPrivateAllowed);
        if (errors.length > 0) throw invalid('body', errors);
        return body;
      },
    }),
    defineRoute({
      method: 'get',
      path: '/webhooks',
      operationId: 'listWebhooks',
      tag: 'operators',
      summary: 'List webhooks with their signing secrets',
      access: 'admin',
      query: z.strictObject(pageQuery),
      response: { status: 200, schema: pageOf(withSecret), description: 'A page of webhooks.' },
      async handle({ query: { limit, cursor } }) {
        const after = fromCursor(cursor, z.tuple([id]))?.[0] ?? 0;
        const found = await listWebhooks(deps.orm, { after, limit });
        const item = (row: (typeof found)[0]) => {
          return { ...row, secret: webhookSecret(secret, row.id).text };
        };
        return respondJson(toPage(found, limit, { item, key: (row) => [row.id] }));
      },
    }),
    commandRoute(deps, {
      command: removeWebhook,
      method: 'delete',
      path: '/webhooks/{webhookId}',
      operationId: 'removeWebhook',
      tag: 'operators',
      summary: 'Remove a webhook and drop its pending messages',
      access: 'admin',
      params: z.object({ webhookId: pathId }),
      problems: ['WEBHOOK_NOT_FOUND'],
    }),
  ];
}
