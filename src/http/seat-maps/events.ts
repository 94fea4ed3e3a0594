/** Changes of seats as they go over the wire: made once, however many listen. */

const encoder = new TextEncoder();

/** Somebody to whom changes are sent. */
export interface Listener {
  /** Gets an event as it goes over the wire, made once for all. */
  send(event: Uint8Array): void;
  /** The process stops. */
  end(): void;
}

/** A server-sent event (WHATWG HTML, 9.2). */
export function toEvent(name: string, id: string, data: object): Uint8Array {
  return encoder.encode(`event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
}
