/** The length of an admission window in a command, and in a row. */

/** @param seconds as operators give it; null stands for the configured value */
export function toWindowMs(seconds: number | null | undefined): number | null {
  return seconds === null || seconds === undefined ? null : seconds * 1000;
}
