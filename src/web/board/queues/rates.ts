/** What a rate of admission means for people. */

const SECONDS_PER_HOUR = 3600;

export interface Rate {
  /** Users per window. */
  admitLimit: number;
  admitWindowSeconds: number;
}

/** Users that are admitted in an hour at most, as long as slots are free. */
export function perHour({ admitLimit, admitWindowSeconds }: Rate): number {
  return Math.round((admitLimit * SECONDS_PER_HOUR) / admitWindowSeconds);
}

/**
 * How long it takes at least until the last of those who wait now is admitted, in seconds: each window admits `admitLimit`, and the
 * first of them begins now.
 * @param waiting users
 */
export function secondsUntilLast(
  waiting: number,
  { admitLimit, admitWindowSeconds }: Rate,
): number {
  const windows = Math.ceil(waiting / admitLimit);
  return Math.max(0, windows - 1) * admitWindowSeconds;
}

/** Whether it is a rate that the API takes. */
export function isRate({ admitLimit, admitWindowSeconds }: Rate): boolean {
  return admitLimit >= 1 && admitWindowSeconds >= 1;
}
