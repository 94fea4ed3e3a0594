/** Ctrl-C ends a script with one sentence that says what is left, and never with a stack. */
import { clearProgress } from './progress.ts';

/** What a shell expects of a process that a signal ended: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * From now on Ctrl-C (and SIGTERM, SIGHUP) ends the script so. A second Ctrl-C does not wait for `end`.
 * @param left what stands now, and how to go on
 * @param end stops what the script started; what it throws is told in a line
 */
export function endOnInterrupt(left: string, end: () => Promise<void> = async () => {}): void {
  let isEnding = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, async () => {
      const code = EXIT_CODES[signal];
      if (isEnding) process.exit(code);
      isEnding = true;
      // What the script was doing fails now, because what it works with is being stopped.
      for (const event of ['uncaughtException', 'unhandledRejection']) {
        process.on(event, () => undefined);
      }
      clearProgress();
      process.stderr.write(`\nStopped. ${left}\n`);
      await end().catch((error: Error) => process.stderr.write(`${error.message}\n`));
      process.exit(code);
    });
  }
}
