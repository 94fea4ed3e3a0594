/** Events of a stream, however they are cut into pieces on the way. */
import { describe, expect, test } from 'vitest';
import { EventParser, readEvents, type ServerEvent } from '../../../src/client/event-stream.ts';
import { toComment, toEvent } from '../../../src/http/events/wire-event.ts';
import { collect } from '../../support/collect.ts';

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

function streamOf(pieces: readonly Uint8Array[], onCancel = () => {}): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(Uint8Array.from(piece));
      controller.close();
    },
    cancel: onCancel,
  });
}

describe('readEvents', () => {
  test('gives the same events wherever the stream is cut in two', async () => {
    for (let cut = 0; cut <= SENT.length; cut += 1) {
      const body = streamOf([SENT.subarray(0, cut), SENT.subarray(cut)]);
      expect(await collect(readEvents(body)), `cut at ${cut}`).toEqual(READ);
    }
  });

  test('gives them byte by byte, and takes each piece for a sign of life', async () => {
    let signs = 0;
    const onSign = () => {
      signs += 1;
    };
    const bytes = Array.from(SENT, (byte) => Uint8Array.of(byte));
    expect(await collect(readEvents(streamOf(bytes), onSign))).toEqual(READ);
    expect(signs).toBe(SENT.length);
  });

  test('lets the stream go when its reader stops', async () => {
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

  test('throws what the stream breaks off with', async () => {
    const body = new ReadableStream<Uint8Array>({ pull: (it) => it.error(new Error('cut off')) });
    await expect(collect(readEvents(body))).rejects.toThrow('cut off');
  });
});

describe('EventParser', () => {
  const read = (...pieces: string[]) => {
    const parser = new EventParser();
    return pieces.flatMap((piece) => parser.read(piece));
  };

  test.each(['\n', '\r\n', '\r'])('ends lines with %j, wherever they are cut', (end) => {
    const text = ['id: 7', 'event: a', 'data: 1', 'data: 2', '', 'data:3', '', ''].join(end);
    const expected = [
      { event: 'a', data: '1\n2', lastEventId: '7' },
      { event: 'message', data: '3', lastEventId: '7' },
    ];
    for (let cut = 0; cut <= text.length; cut += 1) {
      // A lone CR at the very end may be half of a line's end: what follows tells.
      const pieces = [text.slice(0, cut), text.slice(cut), ': done'];
      expect(read(...pieces), `cut at ${cut}`).toEqual(expected);
    }
  });

  test('has no event without data, and forgets the name that it had', () => {
    expect(read('event: a\n\ndata: 1\n\n')).toEqual([
      { event: 'message', data: '1', lastEventId: '' },
    ]);
  });

  test('takes a field without a colon for an empty one, and leaves comments and others out', () => {
    expect(read(': hello\ndata\nretry: 5\nwhatever\n\n')).toEqual([
      { event: 'message', data: '', lastEventId: '' },
    ]);
  });

  test('takes one space off a value, and no id with a NUL in it', () => {
    expect(read('id: 1\ndata:  two\n\nid: \0\ndata: x\n\n')).toEqual([
      { event: 'message', data: ' two', lastEventId: '1' },
      { event: 'message', data: 'x', lastEventId: '1' },
    ]);
  });
});
