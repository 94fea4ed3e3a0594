/**
 * Checks that this process reaches a writable Redis over the connection by which it dequeues commands. The probe writes,
 * so the connection also leaves a master that was demoted to a replica; an idle worker only reads and would not notice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { checkRedis, type RedisConnection } from '../../src/lanes/redis/redis.ts';

const EVERY_MS = 1000;
/** How long a probe waits for a reply; less than the interval, so that probes do not overlap. */
const ANSWER_MS = 900;
/**
 * Consecutive failures after which Redis counts as unreachable. A single failure can be a short pause of this process;
 * three mean that Redis has not replied for three seconds.
 */
const FAILURES_MAX = 3;

export class RedisProbe {
  readonly #redis: RedisConnection;
  readonly #prefix: string;
  readonly #onChange: () => void;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isProbing = false;

  /**
   * @param prefix prefix of all Redis keys of Seatlane
   * @param onChange called when Redis becomes unreachable or reachable again
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
    this.#timer = setInterval(() => void this.#probe(), EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Never rejects. Only one probe is in flight, because probes would pile up during a reconnect. */
  async #probe(): Promise<void> {
    if (this.#isProbing) {
      this.#note(false);
      return;
    }
    this.#isProbing = true;
    const answer = checkRedis(this.#redis, this.#prefix).then(
      () => true,
      () => false,
    );
    void answer.finally(() => {
      this.#isProbing = false;
    });
    this.#note(await Promise.race([answer, sleep(ANSWER_MS, false, { ref: false })]));
  }

  #note(hasAnswered: boolean): void {
    const before = this.isReachable;
    this.#failures = hasAnswered ? 0 : this.#failures + 1;
    if (this.isReachable !== before) this.#onChange();
  }
}
