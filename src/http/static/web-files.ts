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

const TYPES: Readonly<Record<string, string>> = {
  '.ts': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
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
  const version = hash('sha256', JSON.stringify([...texts]), 'base64url').slice(0, 12);
  const files = new Map<string, WebFile>();
  for (const [name, text] of texts)
    files.set(name, toWebFile(text, TYPES[extname(name)] as string));
  return { version, files, importsOf: (name) => importsOf(name, texts) };
}

export function toWebFile(text: string, type: string): WebFile {
  const plain = new TextEncoder().encode(text);
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
  return Object.values(LIBRARIES).map(([name, file]) => {
    const [pack = '', ...path] = file.split('/');
    const folder = dirname(findPackageJSON(pack, import.meta.url) as string);
    const text = readFileSync(join(folder, ...path), 'utf8');
    return [name, text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n')];
  });
}

/** Suppresses Node's experimental warning: it concerns the developers, not the operator who reads the log. */
function withoutTypes(text: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(text);
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
        : LIBRARIES[target]?.[0];
      if (to === undefined || to === name || found.has(to) || !texts.has(to)) continue;
      found.add(to);
      visit(to);
    }
  };
  visit(name);
  return [...found];
}
