/** Parses a program's command line. `--help` prints the header comment of the program's file and exits. */
import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';

const WRONG_USAGE = 2;

/**
 * Parses the arguments. Exits the process with 0 after `--help`, and with 2 if the arguments are invalid.
 * @param file the program's file, `import.meta.filename`; its header comment describes the program and its options
 * @param config the options, in the format of `parseArgs` of node:util
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

/** The text of a file's header comment. */
function headOf(file: string): string {
  const [, head = ''] = /\/\*\*([\s\S]*?)\*\//.exec(readFileSync(file, 'utf8')) ?? [];
  return head.replaceAll(/^[ \t]*\*? ?/gm, '').trim();
}
