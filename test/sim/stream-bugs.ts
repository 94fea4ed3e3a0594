/** Bugs of event streams, in API processes and in the client package, that no mutation test plants. */
import type { Bug } from './bugs.ts';

export const streamBugs: readonly Bug[] = [
  {
    name: 'what happens right after the first event of a stream is lost',
    file: 'src/http/seat-maps/seat-maps.ts',
    find: 'this.#listeners.add(scheduleId, listener);',
    replace: 'setTimeout(() => this.#listeners.add(scheduleId, listener), 100);',
  },
  {
    name: 'a stream that resumes leaves out one version',
    file: 'src/http/seat-maps/version-history.ts',
    find: 'step.version > since)',
    replace: 'step.version > since + 1)',
  },
  {
    name: 'the other viewers of a performance hear no more once one of them has left',
    file: 'src/http/seat-maps/listeners.ts',
    find: 'if (listener.isClosed) listeners.delete(listener);',
    replace: 'if (listener.isClosed) listeners.clear();',
  },
  {
    name: 'the counts of areas are told only when a stream begins',
    file: 'src/http/seat-maps/watched-areas.ts',
    find: 'for (const { id } of changed) schedule.changed.add(id);',
    replace: '',
  },
  {
    name: 'a blocked seat is told as one that is held',
    file: 'src/http/seat-maps/seat-states.ts',
    find: 'after[index] === BLOCKED ? [id, state, true] : [id, state]',
    replace: '[id, state]',
  },
  {
    name: 'the stream of a job ends without its outcome',
    file: 'src/http/routes/jobs.ts',
    find: 'if (job.state !== sentState) stream.send(',
    replace: 'if (job.state !== sentState && !status.finished) stream.send(',
  },
  {
    name: 'the client package shows no reset after the first one',
    file: 'src/client/api/seats/seat-states.ts',
    find: 'const bytes = atob(packed);',
    replace: 'if (this.#known.size > 0) return [];\n    const bytes = atob(packed);',
  },
  {
    name: 'the client package does not connect again to a stream that has ended',
    file: 'src/client/transport/follow-events.ts',
    find: "throw new Interrupted(new Error('The stream ended.'));",
    replace: 'await new Promise(() => undefined);',
  },
];
