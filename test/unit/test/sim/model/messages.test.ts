/** The judge of webhook messages in simulations. */
import { expect, test } from 'vitest';
import type { Applied } from '../../../../sim/checks/recorder.ts';
import { Messages } from '../../../../sim/model/messages.ts';

const PAID = { state: 'succeeded', result: { id: 7, state: 'paid' } };

/** One webhook for payments and expired holds, and one command that has paid. */
function judge() {
  const messages = new Messages((jobId) => (jobId === 'job' ? JSON.stringify(PAID) : undefined));
  messages.register({ id: 1, commands: ['pay-order'], events: ['hold-expired'] });
  messages.begin();
  messages.apply({ jobId: 'job', name: 'pay-order' } as Applied);
  return messages;
}

const outcome = (jobId: string, result: object, id = `1_${jobId}`) => ({
  ...{ webhookId: 1, id },
  body: JSON.stringify({
    ...{ type: 'command.succeeded', timestamp: 'now' },
    data: { id: jobId, command: 'pay-order', state: 'succeeded', result },
  }),
});

const expired = (bookingId: number, id: string) => ({
  ...{ webhookId: 1, id },
  body: JSON.stringify({
    ...{ type: 'event.hold-expired', timestamp: 'now' },
    data: { event: 'hold-expired', bookingId },
  }),
});

test('an outcome is owed until it is told, with its fields in any order', () => {
  const messages = judge();
  expect(messages.firstOwed).toBe('1 command job');
  expect(messages.hear(outcome('job', { state: 'paid', id: 7 }))).toBeUndefined();
  expect(messages.firstOwed).toBeUndefined();
});

test('a message with another outcome, or of a command that was never applied, is wrong', () => {
  expect(judge().hear(outcome('job', { id: 8, state: 'paid' }))).toMatch(/is wrong: it came to/);
  expect(judge().hear(outcome('other', {}))).toMatch(/never applied/);
});

test('an event is owed until it is told, under one id', () => {
  const messages = judge();
  messages.hear(outcome('job', PAID.result));
  messages.happen('hold-expired', 5);
  messages.happen('draw-made', 6);
  expect(messages.hear(expired(5, '1_event-1'))).toBeUndefined();
  expect(messages.firstOwed).toBeUndefined();
  expect(messages.hear(expired(5, '1_event-1'))).toBeUndefined();
  expect(messages.hear(expired(5, '1_event-2'))).toMatch(/is told by message 1_event-2/);
});

test('a message that is repeated with other content is wrong', () => {
  const messages = judge();
  messages.hear(expired(5, '1_event-1'));
  expect(messages.hear(expired(6, '1_event-1'))).toMatch(/is repeated/);
});

test('a webhook that was removed is sent nothing, and a message is given up only after its last try', () => {
  const messages = judge();
  expect(messages.judgeSending(1)).toBeUndefined();
  messages.remove(1);
  expect(messages.judgeSending(1)).toMatch(/was removed/);
  expect(messages.giveUp('1_job', 7)).toMatch(/after 7 of 8 tries/);
  expect(messages.giveUp('1_job', 8)).toBeUndefined();
});
