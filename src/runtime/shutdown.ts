/** The shutdown of a process: what ends it, what it closes, in which order, and with which exit code it ends. */

/** What to close, in order. The key names it for the report, for example `batches in flight`. */
export type ClosingSteps = Readonly<Record<string, () => unknown>>;

/** `disconnect`: the parent process, which started this one over an IPC channel, has exited and can no longer stop it. */
export type Cause = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'disconnect';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The exit codes that shells expect after a signal: 128 plus the number of the signal. */
export const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The part of `process` that a shutdown uses. */
export interface Host {
  on(event: Cause, listener: () => void): unknown;
  exit(code: number): void;
  send?: unknown;
  connected?: boolean;
}

export interface ShutdownOptions {
  steps: ClosingSteps;
  /** How long all steps together may take, in ms. After that the process exits with the rest unclosed. */
  limitMs: number;
  /** What starts the shutdown, with the exit code. Default: SIGINT, SIGTERM and `disconnect` with code 0. */
  causes?: Partial<Record<Cause, number>>;
  /** Called once, before the first step. */
  onBegin?(cause: Cause | undefined): void;
  /** Called after the last step, if all were closed. */
  onClosed?(): void;
  /** Called if the same process is told again to end while it shuts down. Default: nothing happens. */
  onRepeat?(cause: Cause): void;
  /** Receives a sentence on what was not closed. Default: standard error. */
  report?(sentence: string, error?: unknown): void;
  host?: Host;
}

export interface Shutdown {
  /** Whether it has begun. */
  readonly hasBegun: boolean;
  /** Begins the shutdown without a signal. If it has already begun, waits for the end of that one. */
  begin(code: number): Promise<void>;
}

const DEFAULT_CAUSES = { SIGINT: 0, SIGTERM: 0, disconnect: 0 };

/**
 * Shuts the process down on signals. The steps run once, one after the other; a step that fails does not prevent the next
 * ones. Then the process exits: with the code of the cause, or with 1 instead of 0 if something was not closed.
 */
export function shutDownOnSignals(options: ShutdownOptions): Shutdown {
  const { host = process } = options;
  const causes: Partial<Record<Cause, number>> = options.causes ?? DEFAULT_CAUSES;
  let ending: Promise<void> | undefined;
  const begin = (code: number, cause?: Cause) => {
    if (ending && cause) options.onRepeat?.(cause);
    // Begins in a microtask, so that `hasBegun` is already true in the first step.
    ending ??= Promise.resolve()
      .then(() => end(options, code, cause))
      .then((exitCode) => host.exit(exitCode));
    return ending;
  };
  for (const signal of SIGNALS) {
    const code = causes[signal];
    if (code !== undefined) host.on(signal, () => void begin(code, signal));
  }
  const { disconnect: codeOfDisconnect } = causes;
  if (codeOfDisconnect !== undefined) {
    host.on('disconnect', () => void begin(codeOfDisconnect, 'disconnect'));
    if (host.send && !host.connected) void begin(codeOfDisconnect, 'disconnect');
  }
  return {
    get hasBegun() {
      return ending !== undefined;
    },
    begin: (code) => begin(code),
  };
}

/** @returns the exit code */
async function end(options: ShutdownOptions, code: number, cause?: Cause): Promise<number> {
  const { steps, limitMs, onBegin, onClosed, report = console.error } = options;
  onBegin?.(cause);
  const open = new Set(Object.keys(steps));
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, limitMs, false);
  });
  const isInTime = await Promise.race([closeEach(steps, open, report), timeout]);
  clearTimeout(timer);
  if (!isInTime) report(`Not closed within ${limitMs / 1000} s: ${[...open].join(', ')}.`);
  if (open.size === 0) onClosed?.();
  return open.size === 0 ? code : code || 1;
}

/** @param open the names of the steps that have not succeeded; updated with each step */
async function closeEach(
  steps: ClosingSteps,
  open: Set<string>,
  report: (sentence: string, error?: unknown) => void,
): Promise<true> {
  for (const [name, close] of Object.entries(steps)) {
    try {
      await close();
      open.delete(name);
    } catch (error) {
      report(`Closing failed: ${name}.`, error);
    }
  }
  return true;
}

/** Runs the steps, for a part of a process that is stopped alone. @throws the error of the first step that fails */
export async function closeInOrder(steps: ClosingSteps): Promise<void> {
  for (const close of Object.values(steps)) await close();
}
