/**
 * Shows on standard error what a script does while one waits: a spinner with a bar in a terminal, plain lines
 * where there is none. Standard output is left to results.
 */
import ora, { type Ora } from 'ora';

export interface Progress {
  /**
   * How far it is.
   * @param total leave it out, or 0, where nobody knows how much there is
   * @param note stands behind the figures
   */
  update(done: number, total?: number, note?: string): void;
  /** Ends it well. @param said what came of it, in place of the title */
  done(said?: string): void;
  /** Ends it badly. @param said what went wrong, in place of the title */
  failed(said?: string): void;
}

const BAR_CELLS = 20;
/** Without a terminal a line is written so often at most: logs are read afterwards. */
const LINE_EVERY_MS = 10_000;

const inTerminal = new Set<Ora>();

/** Begins to show a task. @param title what is done, as `Starting PostgreSQL and Redis` */
export function progress(title: string): Progress {
  return isTerminal() ? spinningProgress(title) : writtenProgress(title);
}

/** Some terminals of machines have a width of 0, in which nothing can be drawn. */
function isTerminal(): boolean {
  const { isTTY, columns } = process.stderr;
  return isTTY && columns > 0 && !process.env.CI && process.env.TERM !== 'dumb';
}

/** Takes spinners off the terminal and gives its cursor back, for scripts that end before they are done. */
export function clearProgress(): void {
  for (const spinner of inTerminal) spinner.stop();
  inTerminal.clear();
}

function spinningProgress(title: string): Progress {
  const spinner = ora({ text: title, stream: process.stderr, discardStdin: false }).start();
  inTerminal.add(spinner);
  const end = (show: 'succeed' | 'fail', said: string) => {
    if (!inTerminal.delete(spinner)) return;
    spinner[show](said);
  };
  return {
    update(done, total, note) {
      spinner.text = [title, barOf(done, total), figuresOf(done, total), note]
        .filter(Boolean)
        .join('  ');
    },
    done: (said = title) => end('succeed', said),
    failed: (said = title) => end('fail', said),
  };
}

function writtenProgress(title: string): Progress {
  const write = (line: string) => process.stderr.write(`${line}\n`);
  let writtenAt = performance.now();
  write(`${title} …`);
  return {
    update(done, total, note) {
      if (performance.now() - writtenAt < LINE_EVERY_MS) return;
      writtenAt = performance.now();
      write(`${title}: ${[figuresOf(done, total), note].filter(Boolean).join(', ')}`);
    },
    done: (said = title) => write(said === title ? `${title}: done.` : said),
    failed: (said = title) => write(said === title ? `${title}: failed.` : said),
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
