/** Reads a program's command line: `--help` prints the comment at the head of its file, and nothing else is done. */
import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';

const WRONG_USAGE = 2;

/**
 * Ends the process where the words ask for help (0) or make no sense (2).
 * @param file the program's own, `import.meta.filename`; its head says what it does and which options it takes
 * @param config the options, as `parseArgs` of node:util has them
 */
export function readCommandLine<const Config extends ParseArgsConfig>(
  file: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  const words = process.argv.slice(2);
  if (words.includes('--help') || words.includes('-h')) {
    console.log(headOf(file));
    process.exit(0);
  }
  try {
    return parseArgs<Config>(config);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${headOf(file)}`);
    process.exit(WRONG_USAGE);
  }
}

/** The text of the comment that a file opens with. */
function headOf(file: string): string {
  const [, head = ''] = /\/\*\*([\s\S]*?)\*\//.exec(readFileSync(file, 'utf8')) ?? [];
  return head.replaceAll(/^[ \t]*\*? ?/gm, '').trim();
}
