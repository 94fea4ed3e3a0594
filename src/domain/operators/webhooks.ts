/** The rule for removing webhooks. */
import { type Decision, refuse } from '../reasons.ts';

/** Decides whether a webhook can be removed. One that was removed does not exist any more. */
export function decideRemoval(input: {
  webhookId: number;
  webhook: { removedAt: Date | null } | undefined;
  now: Date;
}): Decision<{ removedAt: Date }> {
  const { webhookId, webhook, now } = input;
  if (webhook?.removedAt === null) return { change: { removedAt: now } };
  return refuse('WEBHOOK_NOT_FOUND', `There is no webhook ${webhookId}.`);
}
