/** Modifies tokens like an attacker. */

/** A token with another header, payload or signature; the other parts do not change. */
export function tamper(
  token: string,
  changes: { header?: object; payload?: object; signature?: string },
): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [
    change(header, changes.header),
    change(payload, changes.payload),
    changes.signature ?? signature,
  ].join('.');
}

function change(part: string, by: object | undefined): string {
  if (by === undefined) return part;
  const before = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  return Buffer.from(JSON.stringify({ ...before, ...by })).toString('base64url');
}
