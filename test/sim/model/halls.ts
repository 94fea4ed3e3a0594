/** What the model knows of halls: their versions, and so the seats of a performance that is made of one. */
import { type PackedPlan, unpack } from '../../../src/commands/halls/packed-plan.ts';
import type { Applied } from '../checks/recorder.ts';
import type { Engine } from '../postgres/engine.ts';

/** The plans of a hall by version, from 1. */
type Versions = PackedPlan[];

export class Halls {
  readonly #versions = new Map<number, Versions>();

  /** A hall was created, or its next version saved. @returns what is wrong with that */
  save({ input }: Applied, result: { id: number; version: number }): string | undefined {
    const versions = this.#versions.get(result.id) ?? [];
    this.#versions.set(result.id, versions);
    const { baseVersion = 0, plan } = input as { baseVersion?: number; plan: PackedPlan };
    const known = versions.length;
    versions.push(plan);
    if (baseVersion !== known) return `version ${known} is the newest, and not ${baseVersion}`;
    return result.version === known + 1 ? undefined : `it says version ${result.version}`;
  }

  planOf(hallId: number, version: number): PackedPlan | undefined {
    return this.#versions.get(hallId)?.[version - 1];
  }

  /** @returns what is wrong with a refusal because of a newer version */
  judgeRefusal({ input }: Applied): string | undefined {
    const { hallId, baseVersion } = input as { hallId: number; baseVersion: number };
    const newest = this.#versions.get(hallId)?.length;
    return newest === baseVersion ? `version ${newest} is the newest` : undefined;
  }
}

interface MadeOfHall {
  hall?: { hallId: number; version: number; prices: Record<string, number> };
}

/** A performance that was made of a hall has the seats of that version, with the prices that were given. @returns what is wrong */
export function judgeNewSeats(
  engine: Engine,
  halls: Halls,
  applied: readonly Applied[],
): string | undefined {
  for (const { name, input, outcome } of applied) {
    const { hall } = input as MadeOfHall;
    if (name !== 'create-schedule' || !hall || outcome.state !== 'succeeded') continue;
    const plan = halls.planOf(hall.hallId, hall.version);
    if (!plan) return `A performance was made of version ${hall.version}, which was never saved.`;
    const { id } = outcome.result as { id: number };
    const wanted = seatsOf(plan, hall.prices).join();
    const found = engine
      .read<{ seat: string }>(
        `select concat_ws(' ', section, row_name, number, price, category, kind) as seat
         from seat where schedule_id = ${Number(id)} order by id`,
      )
      .map(({ seat }) => seat)
      .join();
    if (found !== wanted) return `Performance ${id} has the seats ${found} instead of ${wanted}.`;
  }
  return undefined;
}

const KINDS = [undefined, 'accessible', 'companion'];

function seatsOf(packed: PackedPlan, prices: Record<string, number>): string[] {
  const { categories, sections } = unpack(packed);
  const names = categories.map(({ name }) => name);
  return sections.flatMap(({ name: section, rows }) =>
    rows.flatMap(({ name: row, seats }) =>
      seats.map(({ number, category, kind }) =>
        [section, row, number, prices[category], names.indexOf(category), KINDS.indexOf(kind)].join(
          ' ',
        ),
      ),
    ),
  );
}
