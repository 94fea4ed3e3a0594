/** Settings that make no sense are refused when a client is made, not when it is in need of them. */
import type { SeatlaneOptions } from './options.ts';

/** A timer cannot hold more than 24 days, and nobody waits for a day. */
const TIMEOUT_SECONDS_MAX = 86_400;

/** @throws RangeError naming the option and what it may be */
export function checkOptions(options: Partial<SeatlaneOptions>): void {
  const { baseUrl = '', waitSeconds = 0, timeoutSeconds = 1, retries = 0 } = options;
  if (!/^(https?:\/\/|\/|$)/.test(baseUrl)) {
    throw new RangeError(`baseUrl must begin with http:// or https://, not be ${baseUrl}`);
  }
  if (!(Number.isInteger(waitSeconds) && waitSeconds >= 0 && waitSeconds <= 30)) {
    throw new RangeError(`waitSeconds must be a whole number from 0 to 30, not ${waitSeconds}`);
  }
  if (!(timeoutSeconds > 0 && timeoutSeconds <= TIMEOUT_SECONDS_MAX)) {
    throw new RangeError(
      `timeoutSeconds must be above 0 and at most ${TIMEOUT_SECONDS_MAX}, not ${timeoutSeconds}`,
    );
  }
  if (!(retries === Number.POSITIVE_INFINITY || (Number.isInteger(retries) && retries >= 0))) {
    throw new RangeError(`retries must be a whole number from 0 on, or Infinity, not ${retries}`);
  }
}
