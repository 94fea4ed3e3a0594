/** The parsing of server-sent events, wherever the stream is cut into chunks. */
import { describe, expect, test } from 'vitest';
import {
  EventParser,
  readEvents,
  type ServerEvent,
} from '../../../../src/client/transport/event-stream.ts';
import { toComment, toEvent } from '../../../../src/http/events/wire-event.ts';
import { collect } from '../../../support/collect.ts';

const SENT = Buffer.concat([
  toEvent({ name: 'reset', id: 'a.1', data: { states: '좌석' } }).bare,
  toComment('still there').bare,
  toEvent({ name: 'seats', id: 'a.2', data: { changes: [[1, 'held']] } }).bare,
  Buffer.from('event: seats\ndata: {"cut":'),
]);
const READ: ServerEvent[] = [
  { event: 'reset', lastEventId: 'a.1', data: '{"states":"좌석"}' },
  { event: 'seats', lastEventId: 'a.2', data: '{"changes":[[1,"held"]]}' },
];

function streamOf(chunks: readonly Uint8Array[], onCancel = () => {}): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(Uint8Array.from(chunk));
      controller.close();
    },
    cancel: onCancel,
  });
}

describe('readEvents', () => {
  test('yields the same events wherever the stream is cut in two', async () => {
    for (let cut = 0; cut <= SENT.length; cut += 1) {
      const body = streamOf([SENT.subarray(0, cut), SENT.subarray(cut)]);
      expect(await collect(readEvents(body)), `cut at ${cut}`).toEqual(READ);
    }
  });

  test('yields the same events byte by byte, and reports each chunk', async () => {
    let chunks = 0;
    const onData = () => {
      chunks += 1;
    };
    const bytes = Array.from(SENT, (byte) => Uint8Array.of(byte));
    expect(await collect(readEvents(streamOf(bytes), onData))).toEqual(READ);
    expect(chunks).toBe(SENT.length);
  });

  test('cancels the stream when its reader stops', async () => {
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Uint8Array.from(SENT)),
      cancel: () => {
        isCancelled = true;
      },
    });
    for await (const event of readEvents(body)) {
      expect(event).toEqual(READ[0]);
      break;
    }
    expect(isCancelled).toBe(true);
  });

  test('throws the error with which the stream breaks', async () => {
    const body = new ReadableStream<Uint8Array>({ pull: (it) => it.error(new Error('cut off')) });
    await expect(collect(readEvents(body))).rejects.toThrow('cut off');
  });
});

describe('EventParser', () => {
  const read = (...chunks: string[]) => {
    const parser = new EventParser();
    return chunks.flatMap((chunk) => parser.read(chunk));
  };

  test.each(['\n', '\r\n', '\r'])('accepts %j as the end of a line, wherever it is cut', (end) => {
    const text = ['id: 7', 'event: a', 'data: 1', 'data: 2', '', 'data:3', '', ''].join(end);
    const expected = [
      { event: 'a', data: '1\n2', lastEventId: '7' },
      { event: 'message', data: '3', lastEventId: '7' },
    ];
    for (let cut = 0; cut <= text.length; cut += 1) {
      // A CR at the end of a chunk may be the first half of a CRLF, so one more chunk must follow.
      const chunks = [text.slice(0, cut), text.slice(cut), ': done'];
      expect(read(...chunks), `cut at ${cut}`).toEqual(expected);
    }
  });

  test('drops an event without data, and its name', () => {
    expect(read('event: a\n\ndata: 1\n\n')).toEqual([
      { event: 'message', data: '1', lastEventId: '' },
    ]);
  });

  test('reads a field without a colon as an empty one, and ignores comments and unknown fields', () => {
    expect(read(': hello\ndata\nretry: 5\nwhatever\n\n')).toEqual([
      { event: 'message', data: '', lastEventId: '' },
    ]);
  });

  test('removes one space before a value, and ignores an id that contains NUL', () => {
    expect(read('id: 1\ndata:  two\n\nid: \0\ndata: x\n\n')).toEqual([
      { event: 'message', data: ' two', lastEventId: '1' },
      { event: 'message', data: 'x', lastEventId: '1' },
    ]);
  });
});
