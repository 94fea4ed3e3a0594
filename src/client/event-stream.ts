/** Server-sent events (WHATWG HTML, 9.2) read by `fetch`: `EventSource` cannot send tokens. */

export interface ServerEvent {
  /** `message` where the stream gives it no name. */
  event: string;
  data: string;
  /** The last id that the stream has named, to resume from. */
  lastEventId: string;
}

/**
 * @param onSign called for every piece that arrives, comments too
 * @throws what the stream breaks off with
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onSign: () => void = () => {},
): AsyncGenerator<ServerEvent, void, undefined> {
  const parser = new EventParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onSign();
      yield* parser.read(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Puts events together from pieces of text, however they are cut. */
export class EventParser {
  #unread = '';
  #event = '';
  #data: string[] = [];
  #lastEventId = '';

  /** @returns the events that are complete with this piece */
  read(piece: string): ServerEvent[] {
    this.#unread += piece;
    const events: ServerEvent[] = [];
    for (const line of this.#takeLines()) {
      if (line !== '') this.#readField(line);
      else if (this.#data.length > 0) events.push(this.#takeEvent());
      else this.#event = '';
    }
    return events;
  }

  /** Lines end with CR, LF or both. A CR at the very end may be the first half of both. */
  #takeLines(): string[] {
    const lines = this.#unread.split(/\r\n|\n|\r(?!$)/);
    this.#unread = lines.pop() ?? '';
    return lines;
  }

  #readField(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.#event = value;
    if (name === 'data') this.#data.push(value);
    if (name === 'id' && !value.includes('\0')) this.#lastEventId = value;
  }

  #takeEvent(): ServerEvent {
    const event = this.#event || 'message';
    const data = this.#data.join('\n');
    this.#event = '';
    this.#data = [];
    return { event, data, lastEventId: this.#lastEventId };
  }
}
