/** Access tokens that operators and gates paste. */

/**
 * @returns the token without blanks around it; undefined if it has a character that no access token has (RFC 6750), such as an
 * invisible one that a chat has put into it: it could not be sent
 */
export function tokenIn(pasted: string): string | undefined {
  const token = pasted.trim();
  return /^[\w.~+/=-]+$/.test(token) ? token : undefined;
}
