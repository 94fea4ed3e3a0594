/**
 * `npm run verify-draw -- CONCERT [--url http://localhost:3000]`, or `-- --draw ID`: recomputes a draw from public data, and
 * verifies that the order follows from the seed and the tickets. It needs no login. It exits with 0 if the order is verified, with 1 if it
 * is not, and with 2 if it could not be verified: there is no such draw, it was cancelled or has not happened yet, or the API does not answer.
 */
import { readCommandLine, refuseUsage } from '../src/config/command-line.ts';
import { faultsOfDraw, type PublishedDraw, type PublishedPlace } from './lib/draw-order.ts';
import { endOnInterrupt } from './lib/interrupt.ts';

const NOT_VERIFIABLE = 2;

const { values, positionals } = readCommandLine(import.meta.filename, {
  options: { url: { type: 'string' }, draw: { type: 'string' } },
  allowPositionals: true,
});
const base = values.url ?? process.env.API_URL ?? `http://localhost:${process.env.PORT || 3000}`;
const named = [...positionals, ...(values.draw === undefined ? [] : [values.draw])];
const [id = ''] = named;
if (named.length !== 1 || !/^[1-9]\d*$/.test(id)) {
  refuseUsage(import.meta.filename, 'Name one concert or one draw by its number.');
}
const path = values.draw === undefined ? `/concerts/${id}/draw` : `/draws/${id}`;

type Draw = Omit<PublishedDraw, 'seed'> & {
  id: number;
  seed: string | null;
  cancelledAt: string | null;
};

function stop(message: string): never {
  console.error(message);
  process.exit(NOT_VERIFIABLE);
}

async function get<Body>(from: string): Promise<Body> {
  const response = await fetch(base + from).catch(() =>
    stop(`Nothing responds at ${base}. Start it with \`npm start\`.`),
  );
  if (response.status === 404) stop(`There is no such draw: ${path}.`);
  if (!response.ok) stop(`GET ${from} returned ${response.status}.`);
  return (await response.json()) as Body;
}

/** By the id of the draw, because the concert may get another one meanwhile. */
async function readPlaces({ id }: Pick<Draw, 'id'>): Promise<PublishedPlace[]> {
  const places: PublishedPlace[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page: { items: PublishedPlace[]; nextCursor: string | null } = await get(
      `/draws/${id}/places?limit=100${query}`,
    );
    places.push(...page.items);
    cursor = page.nextCursor;
  }
  return places;
}

endOnInterrupt('Nothing was changed.');
const { seed, ...draw } = await get<Draw>(path);
if (draw.cancelledAt !== null) {
  process.exitCode = NOT_VERIFIABLE;
  console.log('The draw was cancelled.');
} else if (seed === null) {
  process.exitCode = NOT_VERIFIABLE;
  console.log(`The draw has not happened yet. The SHA-256 of its seed is ${draw.seedHash}.`);
} else {
  const places = await readPlaces(draw);
  const faults = faultsOfDraw({ ...draw, seed }, places);
  for (const fault of faults) console.error(fault);
  const kept = `${places.length} of ${draw.places} entries`;
  if (faults.length === 0 && places.length < draw.places) {
    console.log(`${kept} of this draw of an older version are kept. They are in the drawn order.`);
  } else if (faults.length === 0) {
    console.log(`All ${places.length} entries are in the drawn order.`);
  }
  process.exitCode = faults.length === 0 ? 0 : 1;
}
