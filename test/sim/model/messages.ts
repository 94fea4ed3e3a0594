/**
 * What the model expects of webhook messages: each outcome and event to which a webhook subscribes is told at least once, says what
 * happened, and has one id. Nothing is sent to a webhook that was removed.
 */

import { TRIES_MAX } from '../../../workers/outbox/webhooks/outbox.ts';
import { sorted } from '../checks/answers.ts';
import type { Applied } from '../checks/recorder.ts';
import type { ReceivedMessage } from '../receiver/receiver.ts';

interface Subscription {
  commands: readonly string[] | null;
  events: readonly string[];
}

type Data = any;

interface Body {
  type: string;
  timestamp: string;
  data: Data;
}

const textOf = (said: object) => JSON.stringify(said, sorted);

export class Messages {
  readonly #webhooks = new Map<number, Subscription>();
  readonly #removed = new Set<number>();
  /** Webhooks that all workers know: they may miss nothing. */
  readonly #known: number[] = [];
  /** What nobody has been told yet. */
  readonly #owed = new Set<string>();
  /** What messages say, by id. */
  readonly #texts = new Map<string, string>();
  /** The ids of messages by webhook and what they tell of. */
  readonly #ids = new Map<string, string>();
  readonly #outcomeOf: (jobId: string) => string | undefined;

  /** @param outcomeOf the outcome of a command as JSON, if it was applied */
  constructor(outcomeOf: (jobId: string) => string | undefined) {
    this.#outcomeOf = outcomeOf;
  }

  /** The first thing that nobody has been told. */
  get firstOwed(): string | undefined {
    return this.#owed.values().next().value;
  }

  register({ id, commands, events }: Subscription & { id: number }): void {
    this.#webhooks.set(id, { commands, events });
  }

  remove(webhookId: number): void {
    this.#removed.add(webhookId);
  }

  /** From now on each worker knows the webhooks that are registered. */
  begin(): void {
    this.#known.push(...this.#webhooks.keys());
  }

  /** A command took effect. */
  apply({ jobId, name }: Applied): void {
    this.#owe(`command ${jobId}`, ({ commands }) => commands === null || commands.includes(name));
  }

  /** @param about which one, as `hear` reads it from the message */
  happen(event: string, about: number): void {
    this.#owe(`${event} ${about}`, ({ events }) => events.includes(event));
  }

  #owe(what: string, isWanted: (webhook: Subscription) => boolean): void {
    for (const webhookId of this.#known) {
      const webhook = this.#webhooks.get(webhookId);
      if (webhook && isWanted(webhook)) this.#owed.add(`${webhookId} ${what}`);
    }
  }

  /** Redis has lost all messages that it had, and those that were about to be queued. */
  forgive(): void {
    this.#owed.clear();
  }

  /** A message was tried so often that it may be given up. @returns what is wrong */
  giveUp(id: string, tries: number): string | undefined {
    if (tries < TRIES_MAX)
      return `Message ${id} was given up after ${tries} of ${TRIES_MAX} tries.`;
    this.forgive();
    return undefined;
  }

  /** @returns what is wrong with sending a message now */
  judgeSending(webhookId: number): string | undefined {
    const isRemoved = this.#removed.has(webhookId);
    return isRemoved ? `Webhook ${webhookId} was removed, and is sent a message.` : undefined;
  }

  /** @returns what is wrong with a message */
  hear({ webhookId, id, body }: ReceivedMessage): string | undefined {
    const { type, timestamp, data } = JSON.parse(body) as Body;
    const text = textOf({ type, timestamp, data });
    if ((this.#texts.get(id) ?? text) !== text) return `Message ${id} is repeated as ${body}.`;
    this.#texts.set(id, text);
    const isCommand = type.startsWith('command.');
    const wrong = isCommand ? this.#judgeOutcome(data) : undefined;
    if (wrong) return `Message ${id} (${type} of ${data.command}) is wrong: ${wrong}.`;
    const what = isCommand
      ? `command ${data.id}`
      : `${data.event} ${data.bookingId ?? data.drawId}`;
    const told = `${webhookId} ${what}`;
    this.#owed.delete(told);
    const knownId = this.#ids.get(told) ?? id;
    this.#ids.set(told, knownId);
    return knownId === id ? undefined : `${what} is told by message ${id}, and by ${knownId}.`;
  }

  #judgeOutcome({ id: jobId, command, state, result, problem }: Data): string | undefined {
    const known = this.#outcomeOf(jobId);
    if (known === undefined) return 'it was never applied';
    const outcome = JSON.parse(known);
    if (state !== outcome.state) return `it came to ${outcome.state}`;
    if (state !== 'succeeded') {
      return problem.code === outcome.problem.code ? undefined : `it came to ${known}`;
    }
    const isEntry = command === 'enter-queue' || command === 'leave-queue';
    if (isEntry && 'id' in result) return 'the id of a queue entry is internal';
    const { id, ...shown } = outcome.result;
    const expected = isEntry ? shown : outcome.result;
    return textOf(result) === textOf(expected) ? undefined : `it came to ${known}`;
  }
}
