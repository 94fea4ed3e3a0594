/**
 * `npm run verify-draw -- CONCERT [--url http://localhost:3000]`: recomputes a draw from what is public
 * and says whether the order is the one that the seed gives. Needs no login.
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
  stop('Say which concert: npm run verify-draw -- 1');
}

interface Draw {
  seed: string | null;
  seedHash: string;
  firstNumber: number;
  places: number;
}

interface Place {
  ticket: number;
  number: number;
}

function stop(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

async function get<Answer>(path: string): Promise<Answer> {
  const response = await fetch(base + path).catch(() =>
    stop(`Nothing answers at ${base}: start it with \`npm start\`.`),
  );
  if (response.status === 404) stop(`There is no draw for concert ${concertId}.`);
  if (!response.ok) stop(`GET ${path} answered ${response.status}.`);
  return (await response.json()) as Answer;
}

async function allPlaces(): Promise<Place[]> {
  const places: Place[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page: { items: Place[]; nextCursor: string | null } = await get(
      `/concerts/${concertId}/draw/places?limit=100${query}`,
    );
    places.push(...page.items);
    cursor = page.nextCursor;
  }
  return places;
}

function verify(draw: Draw, seed: string, places: readonly Place[]): string[] {
  const keyOf = ({ ticket }: Place) => hash('sha256', `${seed}:${ticket}`, 'hex');
  const expected = places.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const misplaced = expected.filter((place, index) => place.number !== draw.firstNumber + index);
  return [
    ...(hash('sha256', seed, 'hex') === draw.seedHash
      ? []
      : ['The seed is not the announced one.']),
    ...(places.length === draw.places
      ? []
      : [`${draw.places} took part, ${places.length} are listed.`]),
    ...(misplaced.length === 0
      ? []
      : [`${misplaced.length} places are not where the seed puts them.`]),
  ];
}

endOnInterrupt('It only read: nothing was changed.');
const draw = await get<Draw>(`/concerts/${concertId}/draw`);
if (draw.seed === null) {
  console.log(`Not drawn yet. The seed must have the SHA-256 ${draw.seedHash}.`);
} else {
  const places = await allPlaces();
  const wrong = verify(draw, draw.seed, places);
  for (const sentence of wrong) console.error(sentence);
  if (wrong.length === 0) console.log(`The order of all ${places.length} places is as drawn.`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
