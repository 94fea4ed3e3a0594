/** The message that asks a process with `report-heap.ts` for its heap; the reply is a number, in MB. */
export const HEAP_REQUEST = 'heap';
