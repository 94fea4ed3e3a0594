/** The module k6/execution, as far as the scripts of deploy/k6 use it: which iteration is running. */
import { AsyncLocalStorage } from 'node:async_hooks';

interface Iteration {
  /** Counted from 0, over all virtual users. */
  iterationInTest: number;
}

const running = new AsyncLocalStorage<Iteration>();

/** Runs an iteration; what it does can read its number. */
export function inIteration<Value>(iterationInTest: number, act: () => Value): Value {
  return running.run({ iterationInTest }, act);
}

export default {
  scenario: {
    get iterationInTest(): number {
      const iteration = running.getStore();
      if (!iteration) throw new Error('No iteration is running.');
      return iteration.iterationInTest;
    },
  },
};
