/** Loaded into a process before its own files: tells its parent, on request, how much of its heap is in use after a collection. */

/** What `requestHeapBytes` sends, and what comes back. */
export const HEAP_REQUEST = 'heap';
export interface HeapReport {
  heapBytes: number;
}

process.on('message', (message) => {
  if (message !== HEAP_REQUEST) return;
  globalThis.gc?.();
  process.send?.({ heapBytes: process.memoryUsage().heapUsed } satisfies HeapReport);
});
