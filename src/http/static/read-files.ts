/**
 * Reads the static files of the web pages, strips their types and compresses them. It runs in a process of its own
 * (`read-files-process.ts`): the compiler that strips types leaves 45 MB behind in the process that has used it.
 */
import { hash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { findPackageJSON, stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join, posix, resolve, sep } from 'node:path';
import { GATE_LIBRARIES, LIBRARIES, ZXING_WASM } from './libraries.ts';
import { toWebFile, type WebFile } from './web-file.ts';

/** What the reader sends. */
export interface ReadFiles {
  /** A hash of all files. */
  version: string;
  files: readonly (readonly [name: string, file: WebFile])[];
  /** The direct and indirect imports of each module. */
  imports: readonly (readonly [name: string, names: string[]])[];
}

/** The only source folders that are served. */
const FOLDERS = ['web', 'client'];
const SOURCE = resolve(import.meta.dirname, '../..');

/** Files that libraries load by themselves: an import of `zxing-wasm/reader`, and the code that it runs. */
const FURTHER_FILES: readonly (readonly [name: string, file: string])[] = [
  ['lib/zxing/share.js', 'zxing-wasm/dist/es/share.js'],
];
const BINARIES: readonly (readonly [name: string, file: string])[] = [
  [ZXING_WASM, 'zxing-wasm/dist/reader/zxing_reader.wasm'],
];

const TYPES: Readonly<Record<string, string>> = {
  '.ts': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const IMPORT = /\b(?:from|import)\s*["']([^"']+)["']/g;

export function readFiles(): ReadFiles {
  const texts = new Map([...readSources(), ...readLibraries()]);
  const binaries = BINARIES.map(([name, file]) => [name, readFileSync(pathOf(file))] as const);
  const hashes = binaries.map(([, bytes]) => hash('sha256', bytes));
  const version = hash('sha256', JSON.stringify([...texts, hashes]), 'base64url').slice(0, 12);
  const files = [...texts, ...binaries].map(
    ([name, content]) => [name, toWebFile(content, TYPES[extname(name)] as string)] as const,
  );
  const imports = [...texts.keys()].map((name) => [name, importsOf(name, texts)] as const);
  return { version, files, imports };
}

function readSources(): [name: string, text: string][] {
  return FOLDERS.flatMap((folder) =>
    globSync(`${folder}/**/*.{ts,css,svg}`, { cwd: SOURCE })
      .toSorted()
      .map((path): [string, string] => {
        const text = readFileSync(join(SOURCE, path), 'utf8');
        return [path.replaceAll(sep, '/'), path.endsWith('.ts') ? withoutTypes(text) : text];
      }),
  );
}

/** Reads files by path within the package, because the package's exports select its Node builds. */
function readLibraries(): [name: string, text: string][] {
  const libraries = [...Object.values(LIBRARIES), ...Object.values(GATE_LIBRARIES)];
  return [...libraries, ...FURTHER_FILES].map(([name, file]) => {
    const text = readFileSync(pathOf(file), 'utf8');
    return [name, text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n')];
  });
}

/** @param file the name of a package, and the path in it */
function pathOf(file: string): string {
  const [pack = '', ...path] = file.split('/');
  return join(dirname(findPackageJSON(pack, import.meta.url) as string), ...path);
}

/** Suppresses Node's experimental warning: it concerns the developers, not the operator who reads the log. */
function withoutTypes(text: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    // This mode leaves comments out too, which are a quarter of the bytes.
    return stripTypeScriptTypes(text, { mode: 'transform' });
  } finally {
    process.emitWarning = emitWarning;
  }
}

function importsOf(name: string, texts: ReadonlyMap<string, string>): string[] {
  const found = new Set<string>();
  const visit = (from: string) => {
    for (const [, target = ''] of (texts.get(from) ?? '').matchAll(IMPORT)) {
      const to = target.startsWith('.')
        ? posix.normalize(posix.join(posix.dirname(from), target))
        : (LIBRARIES[target] ?? GATE_LIBRARIES[target])?.[0];
      if (to === undefined || to === name || found.has(to) || !texts.has(to)) continue;
      found.add(to);
      visit(to);
    }
  };
  visit(name);
  return [...found];
}
