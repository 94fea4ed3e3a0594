/** Registers and removes webhooks. */
import type { registerWebhook } from '../../../src/commands/operators/register-webhook.ts';
import type { removeWebhook } from '../../../src/commands/operators/remove-webhook.ts';
import { refuse } from '../../../src/domain/reasons.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';

export const handleRegisterWebhook: HandlerOf<typeof registerWebhook> = {
  isOperators: true,
  needs: () => ({ newIds: { webhook: 1 } }),

  apply({ command: { input }, rows, now }) {
    const webhook = rows.webhooks.add({
      id: rows.newIds.webhook.take(),
      ...input,
      // API processes of the previous version send no events.
      events: input.events ?? [],
      createdAt: now,
      removedAt: null,
    });
    const { id, url, commands, events } = webhook;
    return succeeded({ id, url, commands, events, createdAt: now.toISOString() });
  },
};

export const handleRemoveWebhook: HandlerOf<typeof removeWebhook> = {
  isOperators: true,
  needs: ({ webhookId }) => ({ webhookIds: [webhookId] }),

  apply({ command: { input }, rows, now }) {
    const { webhookId } = input;
    const webhook = rows.webhooks.get(webhookId);
    if (!webhook || webhook.removedAt !== null) {
      return rejected(refuse('WEBHOOK_NOT_FOUND', `There is no webhook ${webhookId}.`).refusal);
    }
    const { id, url, commands, events, createdAt } = webhook;
    const removed = { id, url, commands, events, createdAt: createdAt.toISOString() };
    rows.operatorLog.noteBefore(removed);
    rows.webhooks.change(webhook, { removedAt: now });
    return succeeded(removed);
  },
};
