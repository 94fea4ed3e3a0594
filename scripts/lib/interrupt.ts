/** Ctrl-C ends a script with one sentence about the state that remains, without a stack trace. */
import { clearProgress } from './progress.ts';

/** The exit codes that shells expect after a signal: 128 plus the number of the signal. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Handles Ctrl-C, SIGTERM and SIGHUP. A second Ctrl-C does not wait for `end`.
 * @param left a sentence on the state that remains, and on how to continue
 * @param end stops everything that the script started; an error is printed as one line
 */
export function endOnInterrupt(left: string, end: () => Promise<void> = async () => {}): void {
  let isEnding = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, async () => {
      const code = EXIT_CODES[signal];
      if (isEnding) process.exit(code);
      isEnding = true;
      // The script's own work fails from now on, because the services that it uses are being stopped.
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
