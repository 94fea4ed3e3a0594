/** Where the examples find the API, and what they say where it is not there. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { SeatlaneError, Unreachable } from '../../src/client/index.ts';

/** `npm start` writes down where its API listens: the port moves where 3000 is taken. */
const WRITTEN_BY_START = resolve(import.meta.dirname, '../../.seatlane/env');

/** @param given the address on the command line, which wins over API_URL and over that of `npm start` */
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
