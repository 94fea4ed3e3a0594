/** Keeps what the editor's form does not show: the colours of categories, and where things stand. */
import type { Plan, PlanCategory, PlanSection } from '../../../client/api/catalogue/halls.ts';

/**
 * Gives a plan the colours and positions that an older one has for the same categories, sections, rows, seats and areas. Its categories
 * keep their order, which is that of the legend, and those that had no seat before stay: the form lists seats only.
 */
export function withLooksOf(plan: Plan, old: Plan): Plan {
  const outlines = new Map(old.areas?.map(({ name, polygon }) => [name, polygon]));
  const sections = new Map(old.sections.map((each) => [each.name, each]));
  return {
    categories: categoriesOf(plan, old),
    sections: plan.sections.map((each) => placed(each, sections.get(each.name))),
    ...(plan.areas && {
      areas: plan.areas.map((each) => ({ polygon: outlines.get(each.name), ...each })),
    }),
  };
}

function categoriesOf(plan: Plan, old: Plan): PlanCategory[] {
  const given = new Map(plan.categories.map((each) => [each.name, each]));
  const wasUsed = usedIn(old);
  const kept = old.categories.filter(({ name }) => given.has(name) || !wasUsed.has(name));
  const known = new Set(kept.map(({ name }) => name));
  return [
    ...kept.map((each) => ({ ...each, ...given.get(each.name) })),
    ...plan.categories.filter(({ name }) => !known.has(name)),
  ];
}

/** The names of the categories of a plan's seats and areas. */
function usedIn({ sections, areas = [] }: Plan): Set<string> {
  const seats = sections.flatMap(({ rows }) => rows.flatMap((row) => row.seats));
  return new Set([...seats, ...areas].map(({ category }) => category));
}

function placed(section: PlanSection, old: PlanSection | undefined): PlanSection {
  if (!old) return section;
  const left = [...old.rows];
  const rows = section.rows.map((row) => {
    const at = left.findIndex(({ name }) => name === row.name);
    const [found] = at < 0 ? [] : left.splice(at, 1);
    if (!found) return row;
    const seats = new Map(found.seats.map((seat) => [seat.number, seat]));
    const own = row.seats.map((seat) => ({ ...placeOf(seats.get(seat.number)), ...seat }));
    return { ...placeOf(found), ...row, seats: own };
  });
  return { ...placeOf(old), ...section, rows };
}

const placeOf = (at: { x?: number | undefined; y?: number | undefined } = {}) => ({
  ...(at.x !== undefined && { x: at.x }),
  ...(at.y !== undefined && { y: at.y }),
});
