/** A mutant: one planted fault, and the test files of which at least one must fail because of it. */

export interface Mutant {
  /** What the fault breaks, as a sentence. */
  name: string;
  /** The source file, from the root. */
  file: string;
  /** Stands in the file exactly once. */
  find: string;
  replace: string;
  /** Run with the fault; they load the file in their own process, so no test that starts processes. */
  tests: readonly string[];
}
