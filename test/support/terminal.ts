/** Runs commands in a terminal, which `script` of util-linux provides. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { PATIENCE_MS, waitFor } from './wait-for.ts';

const SCRIPT = '/usr/bin/script';
export const HAS_TERMINAL = existsSync(SCRIPT);
const CTRL_C = '\x03';

export interface TerminalRun {
  /** The whole output in the terminal, including control sequences. */
  said(): string;
  waitFor(text: string, timeoutMs?: number): Promise<void>;
  pressCtrlC(): void;
  /** The command's exit code, once it has ended. */
  code: Promise<number>;
}

/**
 * @param words the command and what it is given, none of them with quotes
 * @param columns the terminal's width; 0 is that of terminals which no person sees
 */
export function runInTerminal(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  columns = 100,
): TerminalRun {
  const command = `stty columns ${columns}; exec ${words.join(' ')}`;
  const child = spawn(SCRIPT, ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { TERM: 'xterm', ...env },
  });
  let said = '';
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (text) => {
      said += text;
    });
  }
  return {
    said: () => said,
    async waitFor(text, timeoutMs = PATIENCE_MS) {
      await waitFor(text, () => said.includes(text), timeoutMs).catch((error) => {
        throw new Error(`${error.message}\nIt said:\n${said}`);
      });
    },
    pressCtrlC: () => child.stdin.write(CTRL_C),
    code: once(child, 'exit').then(([code]) => code),
  };
}
