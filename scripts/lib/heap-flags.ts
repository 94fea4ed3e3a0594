/**
 * The flags of V8 with which API and worker processes run. `package.json`, the Dockerfile, `docker-compose.yml` and `deploy/kubernetes`
 * repeat them (`test/deploy/heap-flags.test.ts`).
 *
 * - The young generation is enlarged: otherwise a rush promotes objects that live only for milliseconds, and the API process spends a
 *   third of its time on garbage collection.
 * - V8 may not put new objects into the old generation (pretenuring). It decides that for each place in the code, once, by
 *   how many of the first objects lived on. In some processes a rush makes it choose objects of single requests, and then all requests
 *   cost up to 30 % more until the end of the process (docs/decisions/0093).
 * - By default V8 lets the heap grow to twice its live size, so it is limited.
 */
export const HEAP_FLAGS = [
  '--max-semi-space-size=32',
  '--no-allocation-site-pretenuring',
  '--max-old-space-size=256',
];
