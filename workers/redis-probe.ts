/** Whether this process still reaches Redis over the connection by which it takes commands. */
import { ping, type RedisConnection } from '../src/lanes/redis.ts';

const EVERY_MS = 1000;
const ANSWER_MS = 1000;
/**
 * Failures in a row after which Redis counts as unreachable. One may be the pause of a process that was frozen for a
 * moment; three are three seconds without an answer.
 */
const FAILURES_MAX = 3;

export class RedisProbe {
  readonly #redis: RedisConnection;
  readonly #onChange: () => void;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;

  /** @param onChange called when Redis has become unreachable, or reachable again */
  constructor(redis: RedisConnection, onChange: () => void) {
    this.#redis = redis;
    this.#onChange = onChange;
  }

  get isReachable(): boolean {
    return this.#failures < FAILURES_MAX;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Never rejects. One question at a time: those of a connection that is being made again would pile up. */
  async #look(): Promise<void> {
    if (this.#isAsking) {
      this.#note(false);
      return;
    }
    this.#isAsking = true;
    const answer = ping(this.#redis).then(
      () => true,
      () => false,
    );
    void answer.finally(() => {
      this.#isAsking = false;
    });
    this.#note(await Promise.race([answer, later(ANSWER_MS - 100)]));
  }

  #note(hasAnswered: boolean): void {
    const before = this.isReachable;
    this.#failures = hasAnswered ? 0 : this.#failures + 1;
    if (this.isReachable !== before) this.#onChange();
  }
}

const later = (ms: number) =>
  new Promise<false>((resolve) => {
    setTimeout(resolve, ms, false).unref();
  });
