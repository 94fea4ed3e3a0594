/** Reads server-sent events (WHATWG HTML, 9.2) from a `fetch` response, because `EventSource` cannot send tokens. */

export interface ServerEvent {
  /** The name of the event; `message` if the stream names none. */
  event: string;
  data: string;
  /** The last event id of the stream so far, with which to resume it. */
  lastEventId: string;
}

/**
 * @param onData called for each chunk that arrives, also for comments
 * @throws the error of the stream if it breaks
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onData: () => void = () => {},
): AsyncGenerator<ServerEvent, void, undefined> {
  const parser = new EventParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onData();
      yield* parser.read(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Parses events from chunks of text, wherever the chunks are cut. */
export class EventParser {
  #unread = '';
  #event = '';
  #data: string[] = [];
  #lastEventId = '';

  /** @returns the events that this chunk completes */
  read(chunk: string): ServerEvent[] {
    this.#unread += chunk;
    const events: ServerEvent[] = [];
    for (const line of this.#takeLines()) {
      if (line !== '') this.#readField(line);
      else if (this.#data.length > 0) events.push(this.#takeEvent());
      else this.#event = '';
    }
    return events;
  }

  /** Lines end with CR, LF or CRLF. A CR at the end of a chunk may be the first half of a CRLF. */
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
