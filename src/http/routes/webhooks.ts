/** Webhooks: outcomes and events sent to servers that do not want to poll. */
import { z } from 'zod';
import { commands } from '../../commands/index.ts';
import {
  type RegisterWebhook,
  registerWebhook,
} from '../../commands/operators/register-webhook.ts';
import { removeWebhook } from '../../commands/operators/remove-webhook.ts';
import { id } from '../../commands/schemas/resources.ts';
import { WEBHOOK_EVENTS } from '../../commands/schemas/webhook-events.ts';
import { webhookSecret } from '../../commands/schemas/webhook-secret.ts';
import type { Database } from '../../db/connection/orm.ts';
import { listWebhooks } from '../../db/reads/webhooks.ts';
import { acceptCommand, type JobDeps } from '../jobs/accept-command.ts';
import { fromCursor, pageQuery, toPage } from '../reads/pagination.ts';
import { pathId } from '../request.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';
import { invalid, type ValidationError } from '../validation.ts';
import { accepted, pageOf } from './answers.ts';

const webhook = z
  .object({
    id,
    url: z.string(),
    commands: z.array(z.string()).nullable(),
    events: z.array(z.enum(WEBHOOK_EVENTS)),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Webhook' });

const withSecret = webhook.extend({
  secret: z.string().meta({ description: 'Signs the messages, as Standard Webhooks has it.' }),
});

export interface WebhookDeps extends JobDeps {
  orm: Database;
  webhooks: { secret: string; isPrivateAllowed: boolean };
}

/** What the schema cannot see: it knows neither the settings nor, being one of them, all commands. */
function faultsOf({ url, commands: names }: RegisterWebhook, isPrivateAllowed: boolean) {
  const faults: ValidationError[] = [];
  if (!isPrivateAllowed && new URL(url).protocol !== 'https:') {
    faults.push({ path: 'url', message: 'must be an https address' });
  }
  for (const [place, name] of (names ?? []).entries()) {
    if (Object.hasOwn(commands, name)) continue;
    faults.push({ path: `commands.${place}`, message: 'must be the name of a command' });
  }
  return faults;
}

export function webhookRoutes(deps: WebhookDeps): Route[] {
  const { secret, isPrivateAllowed } = deps.webhooks;
  return [
    defineRoute({
      method: 'post',
      path: '/webhooks',
      operationId: 'registerWebhook',
      tag: 'operators',
      summary: 'Have outcomes and events sent to a server',
      access: 'admin',
      body: registerWebhook.input,
      answer: accepted,
      outcome: webhook,
      handle(request) {
        const errors = faultsOf(request.body, isPrivateAllowed);
        if (errors.length > 0) throw invalid('The body is not valid.', errors);
        return acceptCommand(deps, { ...request, command: registerWebhook, input: request.body });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/webhooks',
      operationId: 'listWebhooks',
      tag: 'operators',
      summary: 'List the webhooks with their signing secrets',
      access: 'admin',
      query: z.strictObject(pageQuery),
      answer: { status: 200, schema: pageOf(withSecret), description: 'A page of webhooks.' },
      async handle({ query: { limit, cursor } }) {
        const after = fromCursor(cursor, z.tuple([id]))?.[0] ?? 0;
        const found = await listWebhooks(deps.orm, { after, limit });
        const item = (row: (typeof found)[0]) => {
          return { ...row, secret: webhookSecret(secret, row.id).text };
        };
        return respondJson(toPage(found, limit, { item, key: (row) => [row.id] }));
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/webhooks/{webhookId}',
      operationId: 'removeWebhook',
      tag: 'operators',
      summary: 'Stop sending to a server; pending messages are dropped',
      access: 'admin',
      params: z.object({ webhookId: pathId }),
      answer: accepted,
      outcome: webhook,
      problems: ['WEBHOOK_NOT_FOUND'],
      handle: (request) =>
        acceptCommand(deps, { ...request, command: removeWebhook, input: request.params }),
    }),
  ];
}
