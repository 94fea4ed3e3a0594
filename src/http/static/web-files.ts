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

/** A start takes half a second; on a loaded machine some. */
const READ_MS_MAX = 60_000;

let known: Promise<WebFiles> | undefined;

/**
 * The files, read on the first call by a process of its own.
 * @throws Error if a file cannot be read, or reading takes a minute
 */
export function loadWebFiles(): Promise<WebFiles> {
  known ??= readByProcess(READER);
  // Who starts the reading early awaits it later, or never, if the start fails in between.
  known.catch(() => undefined);
  return known;
}

/** @param reader the module that sends what it has read. Modules that the flags of this process preload are not loaded there. */
export async function readByProcess(reader: string): Promise<WebFiles> {
  const child = fork(reader, { execArgv: [], serialization: 'advanced', timeout: READ_MS_MAX });
  const received = new AbortController();
  // The channel closes after its last message.
  const ended = once(child, 'disconnect', received).then(() => {
    throw new Error(
      'The process that reads the static files of the pages ended before it had sent them.',
    );
  });
  try {
    const [read] = (await Promise.race([once(child, 'message', received), ended])) as [ReadFiles];
    const imports = new Map(read.imports);
    return {
      version: read.version,
      files: new Map(read.files),
      importsOf: (name) => imports.get(name) ?? [],
    };
  } finally {
    ended.catch(() => undefined);
    received.abort();
  }
}

/** Reads a page's template, which must be rendered before it is served. */
export function readTemplate(name: string): string {
  return readFileSync(join(resolve(import.meta.dirname, '../..'), 'web', name), 'utf8');
}
