/** Server-sent events in wire format, encoded once for all streams that send them. */

/** The same bytes with and without HTTP/1.1 chunk framing (RFC 9112, 7.1). */
export interface WireEvent {
  chunk: Uint8Array;
  bare: Uint8Array;
}

/** A server-sent event (WHATWG HTML, 9.2). */
export function toEvent(event: { name: string; id?: string; data: object }): WireEvent {
  const id = event.id === undefined ? '' : `id: ${event.id}\n`;
  return toWire(`event: ${event.name}\n${id}data: ${JSON.stringify(event.data)}\n\n`);
}

/** A comment, which clients ignore; it keeps proxies from closing an idle stream. */
export function toComment(text: string): WireEvent {
  return toWire(`: ${text}\n\n`);
}

function toWire(text: string): WireEvent {
  const length = Buffer.byteLength(text);
  const frame = `${length.toString(16)}\r\n`;
  const chunk = Buffer.from(`${frame}${text}\r\n`);
  return { chunk, bare: chunk.subarray(frame.length, frame.length + length) };
}
