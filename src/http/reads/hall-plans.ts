/** The saved versions of halls as response bodies. They never change, so each is built once as long as it is remembered. */
import { LRUCache } from 'lru-cache';
import { unpack } from '../../commands/halls/packed-plan.ts';
import type { Database } from '../../db/connection/orm.ts';
import { findHallVersion, type VersionName } from '../../db/reads/places/halls.ts';
import { CachedBody } from '../cached-body.ts';
import { etagOf } from '../conditional.ts';
import { Problem } from '../problems/problems.ts';
import { SharedReads } from './shared-read.ts';

/** A body of 50,000 seats has about 3 million characters. */
const CHARACTERS_MAX = 32_000_000;

export class HallPlans {
  readonly #orm: Database;
  readonly #reads = new SharedReads();
  readonly #built = new LRUCache<string, CachedBody>({
    maxSize: CHARACTERS_MAX,
    sizeCalculation: ({ body }) => body.length,
  });

  constructor(orm: Database) {
    this.#orm = orm;
  }

  /** @throws Problem HALL_NOT_FOUND */
  async version(name: VersionName): Promise<CachedBody> {
    const { hallId, version } = name;
    const key = `${hallId}.${version}`;
    const built = this.#built.get(key);
    if (built) return built;
    const found = await this.#reads.fresh(key, () => findHallVersion(this.#orm, name));
    if (!found) {
      const detail = `Version ${version} of hall ${hallId} does not exist.`;
      throw new Problem('HALL_NOT_FOUND', { detail, hallId });
    }
    const body = JSON.stringify({ ...found, plan: unpack(found.plan) });
    const plan = new CachedBody({ body, etag: etagOf(body) });
    this.#built.set(key, plan);
    return plan;
  }
}
