/**
 * The static files of the web pages: read once, stripped of types and compressed. Requests look files up by name and
 * never touch the disk, so path traversal is impossible.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ReadFiles } from './read-files.ts';
import type { WebFile } from './web-file.ts';

export interface WebFiles {
  /** A hash of all files. It is part of every URL, so that browsers may cache files forever. */
  version: string;
  /** By name, such as `web/main.ts`. */
  files: ReadonlyMap<string, WebFile>;
  /** The names of a module's direct and indirect imports, which the browser preloads in parallel. */
  importsOf(name: string): readonly string[];
}

const READER = resolve(import.meta.dirname, 'read-files-process.ts');

let known: Promise<WebFiles> | undefined;

/**
 * The files, read on the first call by a process of its own.
 * @throws Error if a file cannot be read
 */
export function loadWebFiles(): Promise<WebFiles> {
  known ??= readInProcess();
  // A start that fails earlier never awaits it.
  known.catch(() => undefined);
  return known;
}

async function readInProcess(): Promise<WebFiles> {
  // What preloads this process is not for that one.
  const reader = fork(READER, { execArgv: [], serialization: 'advanced' });
  const ended = new AbortController();
  const failed = once(reader, 'exit', ended).then(([code]) => {
    throw new Error(
      `The static files of the pages could not be read: the reader exited with ${code}.`,
    );
  });
  try {
    const [read] = (await Promise.race([once(reader, 'message', ended), failed])) as [ReadFiles];
    const imports = new Map(read.imports);
    return {
      version: read.version,
      files: new Map(read.files),
      importsOf: (name) => imports.get(name) ?? [],
    };
  } finally {
    failed.catch(() => undefined);
    ended.abort();
  }
}

/** Reads a page's template, which must be rendered before it is served. */
export function readTemplate(name: string): string {
  return readFileSync(join(resolve(import.meta.dirname, '../..'), 'web', name), 'utf8');
}
