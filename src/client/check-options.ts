/** Validates the options when a client is constructed, so that a mistake does not surface later. */
import type { SeatlaneOptions } from './options.ts';

/** One day. A timer cannot run longer than 24 days. */
const TIMEOUT_SECONDS_MAX = 86_400;

/** @throws RangeError that names the option and its valid values */
export function checkOptions(options: Partial<SeatlaneOptions>): void {
  const { baseUrl = '', waitSeconds = 0, timeoutSeconds = 1, retries = 0 } = options;
  if (!/^(https?:\/\/|\/|$)/.test(baseUrl)) {
    throw new RangeError(`baseUrl must begin with http:// or https://, but is ${baseUrl}`);
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
    throw new RangeError(
      `retries must be a whole number of at least 0, or Infinity, not ${retries}`,
    );
  }
}
