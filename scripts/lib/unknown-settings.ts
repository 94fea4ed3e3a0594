/** Finds unknown names in a file of settings, because a misspelt setting would be ignored silently. */
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { environmentSchema } from '../../src/config/settings.ts';

/** Variables that docker-compose.yml, the scripts and Node read. */
const OTHERS = [
  'POSTGRES_PASSWORD',
  'PROMETHEUS_PORT',
  'GRAFANA_PORT',
  'PROXY_BIND_OPTIONS',
  'PROXY_CONNECTIONS',
  'PROXY_FRONT',
  'PROXY_REQUESTS',
  'API_URL',
  'SEATLANE_NO_APT',
  'SEATLANE_DATA',
  'SANDBOX_PORT',
  'SANDBOX_FAULTS',
  'EVENTS_URL',
];
/** Prefixes of variables that libraries read. */
const FAMILIES = /^(OTEL|NODE|COMPOSE|DOCKER|PG|UV)_/;
/** A known name with more differences than this is not suggested. */
const DISTANCE_MAX = 3;

/**
 * @param file such as `.env`; it need not exist
 * @returns a sentence for each unknown name
 */
export function unknownSettings(file: string): string[] {
  if (!existsSync(file)) return [];
  const known = [...Object.keys(environmentSchema.shape), ...OTHERS];
  return Object.keys(parseEnv(readFileSync(file, 'utf8')))
    .filter((name) => !known.includes(name) && !FAMILIES.test(name))
    .map((name) => {
      const [nearest] = known
        .map((each) => ({ name: each, distance: distanceOf(name.toUpperCase(), each) }))
        .toSorted((one, other) => one.distance - other.distance);
      const isSimilar = nearest && nearest.distance <= DISTANCE_MAX;
      return `${name} in ${file} is not a setting.${isSimilar ? ` Did you mean ${nearest.name}?` : ''}`;
    });
}

/** The Levenshtein distance: the number of letters to insert, delete or replace. */
function distanceOf(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...one].entries()) {
    const line = [row + 1];
    for (const [column, wanted] of [...other].entries()) {
      const replaced = (before[column] ?? 0) + (letter === wanted ? 0 : 1);
      line.push(Math.min(replaced, (before[column + 1] ?? 0) + 1, (line[column] ?? 0) + 1));
    }
    before = line;
  }
  return before.at(-1) ?? 0;
}
