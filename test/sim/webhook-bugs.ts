/** Bugs of webhook messages that no mutation test plants. */
import type { Bug } from './bugs.ts';

export const webhookBugs: readonly Bug[] = [
  {
    name: 'a message is signed without its time',
    file: 'workers/outbox/webhooks/signature.ts',
    find: '`${id}.${timestamp}.${body}`',
    replace: '`${id}.${body}`',
  },
  {
    name: 'all webhooks have one secret',
    file: 'src/commands/schemas/webhook-secret.ts',
    find: '`seatlane webhook ${webhookId}`',
    replace: "'seatlane webhook'",
  },
  {
    name: 'a message that failed is not tried again',
    file: 'workers/outbox/webhooks/outbox.ts',
    find: 'attempts: TRIES_MAX,',
    replace: 'attempts: 1,',
  },
  {
    name: 'the messages of a batch are lost if Redis does not take them',
    file: 'workers/outbox/webhooks/outbox.ts',
    find: 'if (kept.length > 0) await keepOutcomes(this.#deps.orm, kept);',
    replace: '',
  },
  {
    name: 'events are deleted although Redis did not take their messages',
    file: 'workers/timers/relay-events.ts',
    find: 'await relay.putEvents(events);',
    replace: 'await relay.putEvents(events).catch(() => undefined);',
  },
  {
    name: 'a batch that ends a hold records no event',
    file: 'workers/rows/write-rows.ts',
    find: 'if (bookings.length === 0) return;',
    replace: 'return;',
  },
  {
    name: 'an event has another id each time that it is queued',
    file: 'workers/outbox/webhooks/messages.ts',
    find: '`event-${id}`',
    replace: '`event-${id}-${Math.random()}`',
  },
  {
    name: 'the internal id of a queue entry is told',
    file: 'workers/outbox/webhooks/messages.ts',
    find: 'if (!entry) return result;',
    replace: 'if (result) return result;',
  },
  {
    name: 'a removed webhook is sent messages',
    file: 'workers/outbox/webhooks/deliveries.ts',
    find: 'if (!isLive) {',
    replace: 'if (false) {',
  },
  {
    name: 'the messages of a batch have the outcome of its first command',
    file: 'workers/outbox/webhooks/outbox.ts',
    find: 'const messages = finished.map(outcomeMessage);',
    replace:
      'const messages = finished.map((each) => outcomeMessage({ ...each, outcome: finished[0]?.outcome ?? each.outcome }));',
  },
  {
    name: 'an outcome that was kept is told to webhooks that were registered later',
    file: 'workers/outbox/webhooks/outbox.ts',
    find: '({ id }) => webhookIds.includes(id)),',
    replace: '(webhook, name) => webhookIds.length > 0 && wantsOutcome(webhook, name)),',
  },
];
