/**
 * Shows the progress of a script on standard error: a spinner with a bar in a terminal, plain lines elsewhere. Standard
 * output is reserved for results.
 */
import ora, { type Ora } from 'ora';

export interface Progress {
  /**
   * Shows how much is done.
   * @param total omitted or 0 if the total is unknown
   * @param note a text to show after the figures
   */
  update(done: number, total?: number, note?: string): void;
  /** Marks the task as done. @param text the result, which replaces the title */
  done(text?: string): void;
  /** Marks the task as failed. @param text the reason, which replaces the title */
  failed(text?: string): void;
}

const BAR_CELLS = 20;
/** The shortest time between two lines if there is no terminal, so that logs stay short. */
const LINE_EVERY_MS = 10_000;

const inTerminal = new Set<Ora>();

/** Shows a new task. @param title such as `Starting PostgreSQL and Redis` */
export function progress(title: string): Progress {
  return isTerminal() ? spinnerProgress(title) : lineProgress(title);
}

/** Some pseudo-terminals have a width of 0, in which a spinner cannot be drawn. */
function isTerminal(): boolean {
  const { isTTY, columns } = process.stderr;
  return isTTY && columns > 0 && !process.env.CI && process.env.TERM !== 'dumb';
}

/** Removes all spinners and restores the cursor, for scripts that end early. */
export function clearProgress(): void {
  for (const spinner of inTerminal) spinner.stop();
  inTerminal.clear();
}

function spinnerProgress(title: string): Progress {
  const spinner = ora({ text: title, stream: process.stderr, discardStdin: false }).start();
  inTerminal.add(spinner);
  const end = (show: 'succeed' | 'fail', text: string) => {
    if (!inTerminal.delete(spinner)) return;
    spinner[show](text);
  };
  return {
    update(done, total, note) {
      spinner.text = [title, barOf(done, total), figuresOf(done, total), note]
        .filter(Boolean)
        .join('  ');
    },
    done: (text = title) => end('succeed', text),
    failed: (text = title) => end('fail', text),
  };
}

function lineProgress(title: string): Progress {
  const write = (line: string) => process.stderr.write(`${line}\n`);
  let writtenAt = performance.now();
  write(`${title} …`);
  return {
    update(done, total, note) {
      if (performance.now() - writtenAt < LINE_EVERY_MS) return;
      writtenAt = performance.now();
      write(`${title}: ${[figuresOf(done, total), note].filter(Boolean).join(', ')}`);
    },
    done: (text = title) => write(text === title ? `${title}: done.` : text),
    failed: (text = title) => write(text === title ? `${title}: failed.` : text),
  };
}

function barOf(done: number, total = 0): string {
  if (total <= 0) return '';
  const cells = Math.round(BAR_CELLS * Math.min(1, Math.max(0, done / total)));
  return '█'.repeat(cells) + '░'.repeat(BAR_CELLS - cells);
}

function figuresOf(done: number, total = 0): string {
  return total > 0 ? `${done} of ${total}` : String(done);
}
