/** Operators have outcomes and events sent to a server, or stop it. */
import { z } from 'zod';
import { byUser, defineCommand } from './command.ts';
import { id } from './resources.ts';
import { isStorable } from './text.ts';
import { WEBHOOK_EVENTS } from './webhook-events.ts';

const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .max(2000)
  .refine(
    (text) => isStorable(text) && !/[\p{Cc}\p{Cf}]/u.test(text),
    'must not have control characters or broken ones',
  )
  .refine(
    (text) => !URL.canParse(text) || new URL(text).username + new URL(text).password === '',
    'must not hold credentials',
  );

export const registerWebhook = defineCommand({
  name: 'register-webhook',
  input: z
    .strictObject({
      url,
      commands: z
        .array(z.string().min(1).max(40))
        .max(50)
        .nullish()
        .transform((names) => names ?? null)
        .meta({
          description: 'Names of commands; all where it is left out. May be empty beside `events`.',
        }),
      events: z
        .array(z.enum(WEBHOOK_EVENTS))
        .max(WEBHOOK_EVENTS.length)
        .nullish()
        .transform((names) => [...new Set(names)])
        .meta({ description: 'Events that no command causes; none where it is left out.' }),
    })
    .refine(({ commands, events }) => commands?.length !== 0 || events.length > 0, {
      path: ['commands'],
      error: 'must name a command where no events are named',
    }),
  laneKey: byUser,
});

export const removeWebhook = defineCommand({
  name: 'remove-webhook',
  input: z.strictObject({ webhookId: id }),
  laneKey: byUser,
});

export type RegisterWebhook = z.infer<typeof registerWebhook.input>;
export type RemoveWebhook = z.infer<typeof removeWebhook.input>;
