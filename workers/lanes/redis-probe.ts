/**
 * Whether this process still reaches a Redis that takes writes, over the connection by which it takes commands. The
 * write also makes the connection leave a master that has become a replica, which an idle worker would only read from.
 */
import { checkRedis, type RedisConnection } from '../../src/lanes/redis/redis.ts';

const EVERY_MS = 1000;
/** Less than a turn, so that each turn has its answer. */
const ANSWER_MS = 900;
/**
 * Failures in a row after which Redis counts as unreachable. One may be the pause of a process that was frozen for a
 * moment; three are three seconds without an answer.
 */
const FAILURES_MAX = 3;

export class RedisProbe {
  readonly #redis: RedisConnection;
  readonly #prefix: string;
  readonly #onChange: () => void;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;

  /**
   * @param prefix what all our keys begin with
   * @param onChange called when Redis has become unreachable, or reachable again
   */
  constructor(redis: RedisConnection, prefix: string, onChange: () => void) {
    this.#redis = redis;
    this.#prefix = prefix;
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
    const answer = checkRedis(this.#redis, this.#prefix).then(
      () => true,
      () => false,
    );
    void answer.finally(() => {
      this.#isAsking = false;
    });
    this.#note(await Promise.race([answer, later(ANSWER_MS)]));
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
