/** Parses a program's command line. `--help` prints the header comment of the program's file and exits. */
import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';

const WRONG_USAGE = 2;

/**
 * Parses the arguments. Exits the process with 0 after `--help`, and with 2 if the arguments are invalid: an option that is not known,
 * more than one word besides the options, or a value that is no number for an option whose default is a number, or some separated by
 * commas.
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
  const parsed = parsedOrRefused(file, config);
  const [, unexpected] = parsed.positionals;
  if (unexpected !== undefined) refuseUsage(file, `Unexpected argument '${unexpected}'.`);
  for (const [name, { default: fallback = '' }] of Object.entries(config.options ?? {})) {
    const given = parsed.values[name as keyof typeof parsed.values];
    const what = kindOfNumber(String(fallback));
    if (what && !what.isRight(String(given))) {
      refuseUsage(file, `--${name} takes ${what.name}, not '${given}'.`);
    }
  }
  return parsed;
}

/** Prints what is wrong with the arguments, and the usage, and exits the process with 2. @param file the program's file */
export function refuseUsage(file: string, sentence: string): never {
  console.error(`${sentence}\n\n${headOf(file)}`);
  process.exit(WRONG_USAGE);
}

/** Whether an argument is a number of 0 or more. */
export function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text)) && Number(text) >= 0;
}

function parsedOrRefused<const Config extends ParseArgsConfig>(file: string, config: Config) {
  try {
    return parseArgs<Config>(config);
  } catch (error) {
    return refuseUsage(file, (error as Error).message);
  }
}

/** Which numbers an option takes, by its default; undefined if it takes texts. */
function kindOfNumber(
  fallback: string,
): { name: string; isRight(text: string): boolean } | undefined {
  if (/^\d+$/.test(fallback)) return { name: 'a number', isRight: isNumber };
  if (!/^\d+(,\d+)+$/.test(fallback)) return undefined;
  const isRight = (text: string) => text.split(',').every(isNumber);
  return { name: 'numbers separated by commas', isRight };
}

/** The text of a file's header comment. */
function headOf(file: string): string {
  const [, head = ''] = /\/\*\*([\s\S]*?)\*\//.exec(readFileSync(file, 'utf8')) ?? [];
  return head.replaceAll(/^[ \t]*\*? ?/gm, '').trim();
}
