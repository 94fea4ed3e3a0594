/** Registers and removes webhooks. */
import { strict as assert } from 'node:assert';
import type { registerWebhook } from '../../../src/commands/operators/register-webhook.ts';
import type { removeWebhook } from '../../../src/commands/operators/remove-webhook.ts';
import { decideRemoval } from '../../../src/domain/operators/webhooks.ts';
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
  needs: ({ webhookId }) => ({ webhookId }),

  apply({ command: { input }, rows, now }) {
    const { webhookId } = input;
    const webhook = rows.webhooks.get(webhookId);
    const decision = decideRemoval({ webhookId, webhook, now });
    if (decision.refusal) return rejected(decision.refusal);
    assert(webhook, `Webhook ${webhookId} is to be removed, but it is not loaded.`);
    const { id, url, commands, events, createdAt } = webhook;
    const removed = { id, url, commands, events, createdAt: createdAt.toISOString() };
    rows.operatorLog.noteBefore(removed);
    rows.webhooks.change(webhook, decision.change);
    return succeeded(removed);
  },
};
