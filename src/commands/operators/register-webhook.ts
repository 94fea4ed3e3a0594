/** Registers a server to which outcomes and events are sent. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { isStorable } from '../schemas/text.ts';
import { id, time } from '../schemas/values.ts';
import { WEBHOOK_EVENTS } from '../schemas/webhook-events.ts';

const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .max(2000)
  .refine(
    (text) => isStorable(text) && !/[\p{Cc}\p{Cf}]/u.test(text),
    'must not contain control characters, invisible characters or unpaired surrogates',
  )
  .refine(
    (text) => !URL.canParse(text) || new URL(text).username + new URL(text).password === '',
    'must not contain credentials',
  )
  .refine((text) => !text.includes('#'), 'must not contain a fragment');

export const webhook = z
  .object({
    id,
    url: z.string(),
    commands: z.array(z.string()).nullable(),
    events: z.array(z.enum(WEBHOOK_EVENTS)),
    createdAt: time,
  })
  .meta({ id: 'Webhook' });

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
          description: 'Names of commands; defaults to all. May be empty if `events` is not.',
        }),
      events: z
        .array(z.enum(WEBHOOK_EVENTS))
        .max(WEBHOOK_EVENTS.length)
        .nullish()
        .transform((names) => [...new Set(names)])
        .meta({ description: 'Events that are not outcomes of commands; defaults to none.' }),
    })
    .refine(({ commands, events }) => commands?.length !== 0 || events.length > 0, {
      path: ['commands'],
      error: 'must name a command if `events` is empty',
    }),
  result: webhook,
  laneKey: byUser,
});

export type RegisterWebhook = z.infer<typeof registerWebhook.input>;
