/** Finds names in a file of settings that no setting has: a slip of the finger would be ignored without a word. */
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { environmentSchema } from '../../src/config/settings.ts';

/** Read by docker-compose.yml, by the scripts, and by Node itself. */
const OTHERS = [
  ...['POSTGRES_PASSWORD', 'PROMETHEUS_PORT', 'GRAFANA_PORT', 'PROXY_CONNECTIONS'],
  ...['PROXY_REQUESTS', 'API_URL', 'SEATLANE_NO_APT'],
];
/** Families that libraries have names for. */
const FAMILIES = /^(OTEL|NODE|COMPOSE|DOCKER|PG|UV)_/;
/** A name with more differences than this is none that somebody meant. */
const DISTANCE_MAX = 3;

/**
 * @param file such as `.env`; none where it does not exist
 * @returns a sentence for each name that is not known
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
      const isMeant = nearest && nearest.distance <= DISTANCE_MAX;
      return `${name} in ${file} is no setting.${isMeant ? ` Did you mean ${nearest.name}?` : ''}`;
    });
}

/** Levenshtein's: how many letters have to be put in, taken out or replaced. */
function distanceOf(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, place) => place);
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
