/** Loaded into a process before its own files: tells its parent, on request, how much of its heap is in use after a collection. */

/** The message that `requestHeapBytes` sends, and the reply. */
export const HEAP_REQUEST = 'heap';
export interface HeapReport {
  heapBytes: number;
}

process.on('message', (message) => {
  if (message !== HEAP_REQUEST) return;
  globalThis.gc?.();
  process.send?.({ heapBytes: process.memoryUsage().heapUsed } satisfies HeapReport);
});
