/** Events of a stream, however they are cut into pieces on the way. */
import { expect, test } from 'vitest';
import { toEvent } from '../../../src/http/seat-maps/events.ts';
import { readEvents, type StreamEvent } from '../../../src/web/event-stream.ts';

test('events are read whole, and heartbeats are signs of life', async () => {
  const sent = Buffer.concat([
    toEvent('reset', 'a.1', { states: '좌석' }),
    Buffer.from(': still there\n\n'),
    toEvent('seats', 'a.2', { changes: [[1, 'held']] }),
    Buffer.from('event: seats\ndata: {"cut":'),
  ]);
  for (const size of [1, 2, 7, sent.length]) {
    const pieces = Array.from({ length: Math.ceil(sent.length / size) }, (_, index) =>
      Uint8Array.from(sent.subarray(index * size, (index + 1) * size)),
    );
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    });
    let signs = 0;
    const onSign = () => {
      signs += 1;
    };
    const read: StreamEvent[] = [];
    for await (const event of readEvents(body, onSign)) read.push(event);
    expect(read).toEqual([
      { event: 'reset', id: 'a.1', data: '{"states":"좌석"}' },
      { event: 'seats', id: 'a.2', data: '{"changes":[[1,"held"]]}' },
    ]);
    expect(signs).toBe(pieces.length);
  }
});
