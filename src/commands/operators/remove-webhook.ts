/** Removes a webhook: no further messages are sent to it. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { id } from '../schemas/resources.ts';
import { webhook } from './register-webhook.ts';

export const removeWebhook = defineCommand({
  name: 'remove-webhook',
  input: z.strictObject({ webhookId: id }),
  result: webhook,
  laneKey: byUser,
});
