/** What a payment provider says about a failure. */
import { z } from 'zod';

const FAILURE_MAX = 500;

export const failure = z.string().min(1).max(FAILURE_MAX);

/**
 * Makes a line that commands and PostgreSQL take from a text of a provider, which may be anything.
 * @param otherwise the line if the text is empty
 */
export function failureText(text: string, otherwise: string): string {
  const line = text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.slice(0, FAILURE_MAX).toWellFormed() || otherwise;
}
