/**
 * The server of a partner, which receives webhook messages. It verifies them as Standard Webhooks demands, and now and then it is slow,
 * refuses a message, or its response is lost.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sending } from '../../../workers/outbox/webhooks/send.ts';
import { currentProcess, SimProcess } from '../host/processes.ts';
import type { Random } from '../host/random.ts';
import type { Scheduler } from '../host/scheduler.ts';
import { refuseMessage } from './signature.ts';

export const PARTNER_URL = 'https://partner.sim';
const TIMEOUT_MS = 5000;
const SLOW_MS_MAX = 8000;

/** What becomes of a message. */
export type MessageFault = 'lost' | 'unanswered' | 'refused' | 'slow' | undefined;

/** A message with a good signature. */
export interface ReceivedMessage {
  webhookId: number;
  id: string;
  body: string;
}

export interface ReceiverHooks {
  /** Called when a message to the webhook is about to be sent. */
  onSending(webhookId: number): void;
  onMessage(message: ReceivedMessage): void;
  /** Called if a message is not what it must be. */
  onWrong(sentence: string): void;
}

export class PartnerServer {
  readonly #process = new SimProcess('partner');
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #faultOf: () => MessageFault;
  /** By webhook, as the operator has told the partner. */
  readonly #secrets = new Map<number, string>();
  hooks: ReceiverHooks | undefined;

  /** @param faultOf says what becomes of a message */
  constructor(deps: { scheduler: Scheduler; random: Random; faultOf: () => MessageFault }) {
    this.#scheduler = deps.scheduler;
    this.#random = deps.random;
    this.#faultOf = deps.faultOf;
  }

  /** The partner is told the secret of a webhook. Every webhook has another one. */
  tell(webhookId: number, secret: string): void {
    for (const [other, known] of this.#secrets) {
      if (other !== webhookId && known === secret) {
        this.hooks?.onWrong(`Webhooks ${other} and ${webhookId} have the same secret.`);
      }
    }
    this.#secrets.set(webhookId, secret);
  }

  /** Takes the place of the request by HTTP. @returns the status @throws Error if no response arrives in time */
  async send({ headers, body }: Pick<Sending, 'headers' | 'body'>): Promise<number> {
    const sender = currentProcess();
    const webhookId = Number(headers['webhook-id']?.split('_')[0]);
    this.hooks?.onSending(webhookId);
    await this.#scheduler.turn('posts a webhook message');
    const fault = this.#faultOf();
    if (fault === 'lost') throw new Error('The connection was reset.');
    if (fault === 'slow') {
      const ms = this.#random.next() * SLOW_MS_MAX;
      await sleep(Math.min(ms, TIMEOUT_MS));
      // The partner goes on, but nobody waits for its response.
      if (ms >= TIMEOUT_MS) this.#receive(headers, body);
      if (ms >= TIMEOUT_MS) throw new Error('No response arrived in time.');
    }
    const status = fault === 'refused' ? 503 : this.#receive(headers, body);
    if (fault === 'unanswered') throw new Error('The connection was reset.');
    await new Promise<void>((resolve) => {
      sender.run(() => this.#scheduler.add(`is answered ${status}`, resolve));
    });
    return status;
  }

  #receive(headers: Readonly<Record<string, string>>, body: string): number {
    return this.#process.run(() => {
      const id = headers['webhook-id'] ?? '';
      const webhookId = Number(id.split('_')[0]);
      const secret = this.#secrets.get(webhookId);
      // The operator has not told it yet.
      if (secret === undefined) return 401;
      const wrong = refuseMessage(headers, body, secret);
      if (wrong) this.hooks?.onWrong(wrong);
      else this.hooks?.onMessage({ webhookId, id, body });
      return 204;
    });
  }
}
