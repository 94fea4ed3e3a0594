/** Mutants of the API process: acceptance, keys, outcomes, seat maps, streams, presence. */
import type { Mutant } from './mutant.ts';

export const apiMutants: readonly Mutant[] = [
  {
    name: 'a seat map that was forgotten begins with the tag that it had before',
    file: 'src/http/seat-maps/version-history.ts',
    find: "readonly #id = randomBytes(9).toString('base64url');",
    replace: "readonly #id = randomBytes(0).toString('base64url') || 'same';",
    tests: ['test/unit/http/seat-maps/seat-maps.test.ts'],
  },
  {
    name: 'a client that resumes is sent nothing of what it missed',
    file: 'src/http/seat-maps/version-history.ts',
    find: '.filter((step) => step.version > since)',
    replace: '.filter(() => false)',
    tests: ['test/unit/http/seat-maps/schedule-model.test.ts'],
  },
  {
    name: 'a claim that was skipped is taken for written',
    file: 'src/http/queue/presence.ts',
    find: 'for (const id of written.claimed) this.#claimed.set(id, true);',
    replace: 'for (const id of notes.claimed) this.#claimed.set(id, true);',
    tests: ['test/integration/db/presence.test.ts'],
  },
  {
    name: 'an idempotency key used for another request is accepted',
    file: 'src/lanes/idempotency/idempotency-keys.ts',
    find: 'return lane === REFUSED ? REFUSED : { lane: lane as LaneName, requestHash };',
    replace: 'return lane === REFUSED ? REFUSED : undefined;',
    tests: ['test/integration/http/jobs/retries.test.ts'],
  },
  {
    name: 'a lost announcement is never read again',
    file: 'src/lanes/outcomes.ts',
    find: '.then((status) => status?.finished && this.#wake(jobId, status.finished))',
    replace: '.then(() => undefined)',
    tests: ['test/integration/http/jobs/prefer.test.ts', 'test/integration/http/jobs/jobs.test.ts'],
  },
  {
    name: 'a retry does not wait for the outcome',
    file: 'src/http/jobs/waits.ts',
    find: 'return known.finished ? known : this.statusOfNew(known);',
    replace: 'return known;',
    tests: ['test/integration/http/jobs/waits.test.ts'],
  },
  {
    name: 'a user may open any number of streams',
    file: 'src/http/events/event-streams.ts',
    find: 'if (!this.limit.tryAcquire(subject)) throw tooManyStreams();',
    replace: 'this.limit.tryAcquire(subject);',
    tests: ['test/integration/http/events/event-streams.test.ts'],
  },
  {
    name: 'a queue token works for another subject',
    file: 'src/http/auth/queue-tokens.ts',
    find: 'if (entry.subject !== subject) throw invalid();',
    replace: 'if (entry.subject.length === 0) throw invalid();',
    tests: ['test/unit/http/auth/queue-tokens.test.ts'],
  },
  {
    name: 'an entry stays cached as active after its expiry',
    file: 'src/http/queue/active-entries.ts',
    find: 'if (knownUntil !== undefined && this.#deps.now() < knownUntil) return true;',
    replace: 'if (knownUntil !== undefined) return true;',
    tests: ['test/unit/http/queue/active-entries.test.ts'],
  },
  {
    name: 'a full lane takes one command more',
    file: 'src/lanes/backlog.ts',
    find: 'return waiting + adding >= this.#limit;',
    replace: 'return waiting + adding > this.#limit;',
    tests: ['test/unit/lanes/backlog.test.ts', 'test/integration/http/jobs/lane-full.test.ts'],
  },
  {
    name: 'commands of one key go to different lanes',
    file: 'src/lanes/lanes.ts',
    find: 'return `${kind}-${hashOf(key) % laneCount(kind, counts)}`;',
    replace: 'return `${kind}-${Math.floor(Math.random() * laneCount(kind, counts))}`;',
    tests: ['test/unit/lanes/lanes.test.ts'],
  },
];
