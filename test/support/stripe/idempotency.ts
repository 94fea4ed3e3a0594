/** Idempotency keys as Stripe treats them. */
import { StripeFault } from './stripe-error.ts';

export interface Answer {
  status: number;
  body: object;
}

interface Kept {
  request: string;
  /** undefined while the first request is in progress. */
  answer: Answer | undefined;
}

export class IdempotencyKeys {
  readonly #kept = new Map<string, Kept>();

  /**
   * Gives the answer of the first request with this key. Answers to requests that were not valid are not kept.
   * @param request the path and the body: with others the key is refused
   */
  async answer(key: string, request: string, make: () => Promise<Answer>): Promise<Answer> {
    const kept = this.#kept.get(key);
    if (kept && kept.request !== request) {
      const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`;
      throw new StripeFault(400, { type: 'idempotency_error', message });
    }
    if (kept?.answer) return kept.answer;
    if (kept) {
      const message = 'There is currently another in-progress request using this Idempotent Key.';
      throw new StripeFault(409, { code: 'idempotency_key_in_use', message });
    }
    const mine: Kept = { request, answer: undefined };
    this.#kept.set(key, mine);
    try {
      mine.answer = await make();
      return mine.answer;
    } catch (error) {
      if (error instanceof StripeFault && error.isKept) {
        mine.answer = { status: error.status, body: error.body };
        return mine.answer;
      }
      this.#kept.delete(key);
      throw error;
    }
  }

  /** As after a day. */
  forget(): void {
    this.#kept.clear();
  }
}
