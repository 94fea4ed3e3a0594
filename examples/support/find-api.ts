/** Finds the URL of the API for the examples, and explains how to start the API if it is unreachable. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { SeatlaneError, Unreachable } from '../../src/client/index.ts';

/** `npm start` writes the URL of its API to this file: it uses another port if 3000 is taken. */
const WRITTEN_BY_START = resolve(
  import.meta.dirname,
  '../..',
  process.env.SEATLANE_DATA || '.seatlane',
  'env',
);

/** @param given the URL on the command line; it takes precedence over API_URL and over the one of `npm start` */
export function findApi(given?: string): string {
  return given ?? process.env.API_URL ?? startedApi() ?? 'http://localhost:3000';
}

function startedApi(): string | undefined {
  try {
    return parseEnv(readFileSync(WRITTEN_BY_START, 'utf8')).API_URL;
  } catch {
    return undefined;
  }
}

process.on('uncaughtException', (error) => {
  const advice = error instanceof Unreachable ? ' Is it running? Start it with `npm start`.' : '';
  console.error(error instanceof SeatlaneError ? `${error.message}${advice}` : error);
  process.exit(1);
});
