/** Ctrl-C ends a script with one sentence about the state that remains, without a stack trace. */
import { SIGNAL_EXIT_CODES, shutDownOnSignals } from '../../src/runtime/shutdown.ts';
import { clearProgress } from './progress.ts';

/** How long a script waits for what it started; a second Ctrl-C does not wait at all. */
const STOP_MS_MAX = 60_000;

/**
 * Handles Ctrl-C, SIGTERM and SIGHUP. A second Ctrl-C does not wait for `end`.
 * @param left a sentence on the state that remains, and on how to continue
 * @param end stops everything that the script started; an error is printed as one line
 */
export function endOnInterrupt(left: string, end: () => Promise<void> = async () => {}): void {
  shutDownOnSignals({
    steps: { 'what the script started': end },
    limitMs: STOP_MS_MAX,
    causes: SIGNAL_EXIT_CODES,
    onBegin() {
      // The script's own work fails from now on, because the services that it uses are being stopped.
      for (const event of ['uncaughtException', 'unhandledRejection']) {
        process.on(event, () => undefined);
      }
      clearProgress();
      process.stderr.write(`\nStopped. ${left}\n`);
    },
    onRepeat: (signal) => process.exit(signal === 'disconnect' ? 1 : SIGNAL_EXIT_CODES[signal]),
    report(sentence, error) {
      process.stderr.write(`${error instanceof Error ? error.message : sentence}\n`);
    },
  });
}
