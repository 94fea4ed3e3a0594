/**
 * `npm run verify-draw -- CONCERT [--url http://localhost:3000]`: recomputes a draw from public data, and verifies that
 * the order follows from the seed. It needs no login.
 */

import { hash } from 'node:crypto';
import { readCommandLine } from '../src/config/command-line.ts';
import { endOnInterrupt } from './lib/interrupt.ts';

const { values, positionals } = readCommandLine(import.meta.filename, {
  options: { url: { type: 'string' } },
  allowPositionals: true,
});
const base = values.url ?? process.env.API_URL ?? `http://localhost:${process.env.PORT || 3000}`;
const concertId = Number(positionals[0]);
if (!Number.isInteger(concertId)) {
  stop('Name a concert: npm run verify-draw -- 1');
}

interface Draw {
  seed: string | null;
  seedHash: string;
  firstNumber: number;
  places: number;
}

/** A queue entry in the result of a draw, with its number before (`ticket`) and after the draw. */
interface DrawnEntry {
  ticket: number;
  number: number;
}

function stop(message: string): never {
  console.error(message);
  process.exit(1);
}

async function get<Body>(path: string): Promise<Body> {
  const response = await fetch(base + path).catch(() =>
    stop(`Nothing responds at ${base}. Start it with \`npm start\`.`),
  );
  if (response.status === 404) stop(`There is no draw for concert ${concertId}.`);
  if (!response.ok) stop(`GET ${path} returned ${response.status}.`);
  return (await response.json()) as Body;
}

async function readEntries(): Promise<DrawnEntry[]> {
  const entries: DrawnEntry[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page: { items: DrawnEntry[]; nextCursor: string | null } = await get(
      `/concerts/${concertId}/draw/places?limit=100${query}`,
    );
    entries.push(...page.items);
    cursor = page.nextCursor;
  }
  return entries;
}

function verify(draw: Draw, seed: string, entries: readonly DrawnEntry[]): string[] {
  const keyOf = ({ ticket }: DrawnEntry) => hash('sha256', `${seed}:${ticket}`, 'hex');
  const expected = entries.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const misplaced = expected.filter((entry, index) => entry.number !== draw.firstNumber + index);
  return [
    ...(hash('sha256', seed, 'hex') === draw.seedHash
      ? []
      : ['The seed does not match the announced hash.']),
    ...(entries.length === draw.places
      ? []
      : [`${draw.places} entries took part, but ${entries.length} are listed.`]),
    ...(misplaced.length === 0
      ? []
      : [`${misplaced.length} entries have another number than the seed gives them.`]),
  ];
}

endOnInterrupt('Nothing was changed.');
const draw = await get<Draw>(`/concerts/${concertId}/draw`);
if (draw.seed === null) {
  console.log(`The draw has not happened yet. The SHA-256 of its seed is ${draw.seedHash}.`);
} else {
  const entries = await readEntries();
  const errors = verify(draw, draw.seed, entries);
  for (const error of errors) console.error(error);
  if (errors.length === 0) console.log(`All ${entries.length} entries are in the drawn order.`);
  process.exitCode = errors.length === 0 ? 0 : 1;
}
