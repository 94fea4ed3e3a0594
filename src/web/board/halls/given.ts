/** What the editor of a hall has been given, and the plan that it becomes. */
import type { ParsedPlan, Plan, PlanFault } from '../../../client/api/catalogue/halls.ts';
import { planFromCsv, planFromPretix } from '../../../client/halls/index.ts';
import {
  type AreaDraft,
  areaDraftsOf,
  type Fault,
  faultsOfAreas,
  linesOf,
  planOfLines,
  type SeatDraft,
  withAreas,
} from './drafts.ts';
import { withLooksOf } from './plan-looks.ts';

export type Source = 'lines' | 'csv' | 'pretix';

export interface Given {
  source: Source;
  lines: readonly SeatDraft[];
  /** The text of a CSV file. */
  csv: string;
  /** The text of a seating plan of pretix. */
  pretix: string;
  areas: readonly AreaDraft[];
}

/** @param base the plan that is changed; undefined for a new hall */
export function firstGiven(base: Plan | undefined, line: SeatDraft): Given {
  const lines = base ? linesOf(base) : [line];
  const areas = base ? areaDraftsOf(base) : [];
  return { source: 'lines', lines, csv: '', pretix: '', areas };
}

export type Checked =
  | { plan: Plan; name: string | null; faults?: undefined }
  | { faults: readonly Fault[]; plan?: undefined };

/** Reads what the chosen source gives. @param base the plan that is changed */
export function check(given: Given, base: Plan | undefined): Checked {
  const parsed = parse(given);
  const faults = [...(parsed.errors ?? []), ...faultsOfAreas(given.areas)];
  if (!parsed.plan || faults.length > 0) return { faults };
  const plan = withAreas(parsed.plan, given.areas);
  if (plan.categories.length === 0) return { faults: [EMPTY] };
  const isChanged = base && given.source === 'lines';
  return { plan: isChanged ? withLooksOf(plan, base) : plan, name: parsed.name };
}

const EMPTY: PlanFault = { place: 'file', code: 'empty', values: {} };

function parse({ source, lines, csv, pretix }: Given): ParsedPlan {
  if (source === 'csv') return planFromCsv(csv);
  if (source === 'lines') return planOfLines(lines);
  return pretix === '' ? { errors: [EMPTY] } : planFromPretix(pretix);
}
