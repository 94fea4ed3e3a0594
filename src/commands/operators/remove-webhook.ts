/** Removes a webhook: no further messages are sent to it. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { id } from '../schemas/resources.ts';

export const removeWebhook = defineCommand({
  name: 'remove-webhook',
  input: z.strictObject({ webhookId: id }),
  laneKey: byUser,
});

export type RemoveWebhook = z.infer<typeof removeWebhook.input>;
