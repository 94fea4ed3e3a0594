/**
 * The promises of the rate limit, as clients see them: nobody is refused who has not sent as many commands as allowed within the last
 * ten seconds, and nobody gets many more accepted, whichever API processes they reach.
 */
import { clock } from '../host/clock.ts';
import type { SimResponse } from '../parts/network.ts';

const WINDOW_MS = 10_000;
/** API processes count by clocks that differ by up to 0.8 s, in slots of 0.1 s. */
const CLOCKS_MS = 1000;
/**
 * Commands that the other processes had not been told of when they accepted another one. What one process accepts, another one knows after
 * some 0.1 s: each gathers for 20 ms, and a reply takes up to 25. A script that sends three at a time gets some twelve accepted in that time.
 */
const UNTOLD_MAX = 15;

export interface SentCommand {
  subject: string;
  /** In ms since 1970, as `endedAt`, which is undefined while there is no response. */
  sentAt: number;
  endedAt: number | undefined;
  isRefused: boolean;
  isAccepted: boolean;
}

export class SentCommands {
  readonly #limit: number;
  readonly #lastFaultAt: () => number;
  readonly #ofUser = new Map<string, SentCommand[]>();

  /** @param lastFaultAt when API processes last could not tell each other what they had counted, in ms since 1970 */
  constructor(limit: number, lastFaultAt: () => number) {
    this.#limit = limit;
    this.#lastFaultAt = lastFaultAt;
  }

  /** A command is about to be sent. */
  begin(subject: string): SentCommand {
    const sentAt = clock.now;
    const sent = { subject, sentAt, endedAt: undefined, isRefused: false, isAccepted: false };
    const isOld = ({ endedAt = sentAt }: SentCommand) => endedAt < sentAt - 5 * WINDOW_MS;
    const kept = (this.#ofUser.get(subject) ?? []).filter((each) => !isOld(each));
    this.#ofUser.set(subject, [...kept, sent]);
    return sent;
  }

  /** @param answer undefined if the connection was lost @returns what is wrong with it */
  end(sent: SentCommand, answer: SimResponse | undefined): string | undefined {
    sent.endedAt = clock.now;
    sent.isRefused = answer?.body?.code === 'RATE_LIMITED';
    sent.isAccepted = answer !== undefined && !sent.isRefused;
    if (sent.isRefused) return this.#judgeRefusal(sent);
    return sent.isAccepted ? this.#judgeAcceptance(sent) : undefined;
  }

  #judgeRefusal(refused: SentCommand): string | undefined {
    const since = refused.sentAt - WINDOW_MS - CLOCKS_MS;
    const counted = (this.#ofUser.get(refused.subject) ?? []).filter(
      ({ endedAt = clock.now, isRefused }) => !isRefused && endedAt > since,
    ).length;
    if (counted >= this.#limit) return undefined;
    return `${refused.subject} has sent ${counted} commands, and is refused one although ${this.#limit} are allowed.`;
  }

  #judgeAcceptance({ subject }: SentCommand): string | undefined {
    const since = Math.max(clock.now - WINDOW_MS + CLOCKS_MS, this.#lastFaultAt());
    const accepted = (this.#ofUser.get(subject) ?? []).filter(
      ({ sentAt, isAccepted }) => isAccepted && sentAt > since,
    ).length;
    if (accepted <= this.#limit + UNTOLD_MAX) return undefined;
    return `${subject} got ${accepted} commands accepted within nine seconds, and ${this.#limit} are allowed.`;
  }
}
