/**
 * The static files of the web pages: read once, stripped of types and compressed. Requests look files up by name and
 * never touch the disk, so path traversal is impossible.
 */
import { hash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { findPackageJSON, stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join, posix, resolve, sep } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import { etagOf } from '../conditional.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

export interface WebFile {
  type: string;
  etag: string;
  plain: Bytes;
  brotli: Bytes;
  gzip: Bytes;
}

export interface WebFiles {
  /** A hash of all files. It is part of every URL, so that browsers may cache files forever. */
  version: string;
  /** By name, such as `web/main.ts`. */
  files: ReadonlyMap<string, WebFile>;
  /** The names of a module's direct and indirect imports, which the browser preloads in parallel. */
  importsOf(name: string): string[];
}

/** The only source folders that are served. */
const FOLDERS = ['web', 'client'];
const SOURCE = resolve(import.meta.dirname, '../..');

/** The bare import specifiers of the modules, and the package file that each one resolves to in a browser. */
export const LIBRARIES: Readonly<Record<string, readonly [name: string, file: string]>> = {
  preact: ['lib/preact.mjs', 'preact/dist/preact.mjs'],
  'preact/hooks': ['lib/preact-hooks.mjs', 'preact/hooks/dist/hooks.mjs'],
  htm: ['lib/htm.mjs', 'htm/dist/htm.module.js'],
  'htm/preact': ['lib/htm-preact.mjs', 'htm/preact/index.module.js'],
};

/** The libraries of the gate's page alone. The buyers' page does not name them. */
export const GATE_LIBRARIES: typeof LIBRARIES = {
  'zxing-wasm/reader': ['lib/zxing/reader/index.js', 'zxing-wasm/dist/es/reader/index.js'],
};
/** Files that libraries load by themselves: an import of `zxing-wasm/reader`, and the code that it runs. */
const FURTHER_FILES: readonly (readonly [name: string, file: string])[] = [
  ['lib/zxing/share.js', 'zxing-wasm/dist/es/share.js'],
];
export const ZXING_WASM = 'lib/zxing/zxing_reader.wasm';
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
/** Almost as small as the highest quality, in a tenth of the time, because compression delays the start. */
const BROTLI = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 16 },
};

let known: WebFiles | undefined;

/** The files, read on the first call. */
export function webFiles(): WebFiles {
  known ??= readWebFiles();
  return known;
}

function readWebFiles(): WebFiles {
  const texts = new Map([...readSources(), ...readLibraries()]);
  const binaries = BINARIES.map(([name, file]) => [name, readFileSync(pathOf(file))] as const);
  const hashes = binaries.map(([, bytes]) => hash('sha256', bytes));
  const version = hash('sha256', JSON.stringify([...texts, hashes]), 'base64url').slice(0, 12);
  const files = new Map<string, WebFile>();
  for (const [name, content] of [...texts, ...binaries])
    files.set(name, toWebFile(content, TYPES[extname(name)] as string));
  return { version, files, importsOf: (name) => importsOf(name, texts) };
}

export function toWebFile(content: string | Uint8Array, type: string): WebFile {
  const plain =
    typeof content === 'string' ? new TextEncoder().encode(content) : Uint8Array.from(content);
  return {
    type,
    plain,
    etag: etagOf(plain),
    brotli: Uint8Array.from(brotliCompressSync(plain, BROTLI)),
    gzip: Uint8Array.from(gzipSync(plain)),
  };
}

/** Reads a page's template, which must be rendered before it is served. */
export function readTemplate(name: string): string {
  return readFileSync(join(SOURCE, 'web', name), 'utf8');
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
