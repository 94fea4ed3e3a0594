/** The part of the form of a performance where rows of seats and areas are typed. */
import { html } from 'htm/preact';
import { useBoardWords } from '../words.ts';
import { type AreaDraft, placesOf, type RangeDraft } from './drafts.ts';
import { type Field, Lines } from './lines.ts';

interface TypedPlacesProps {
  ranges: readonly RangeDraft[];
  setRanges(ranges: RangeDraft[]): void;
  areas: readonly AreaDraft[];
  setAreas(areas: AreaDraft[]): void;
}

export function TypedPlaces({ ranges, setRanges, areas, setAreas }: TypedPlacesProps) {
  const { b, number } = useBoardWords();
  const rangeFields: Field<RangeDraft>[] = [
    { name: 'section', label: b.rangeSection, maxLength: 60 },
    { name: 'row', label: b.rangeRow, maxLength: 60 },
    { name: 'from', label: b.rangeFrom, min: 1, max: 1_000_000 },
    { name: 'to', label: b.rangeTo, min: 1, max: 1_000_000 },
    { name: 'price', label: b.price, min: 0, max: 10_000_000 },
  ];
  const areaFields: Field<AreaDraft>[] = [
    { name: 'name', label: b.areaName, maxLength: 60, isRequired: true },
    { name: 'capacity', label: b.areaCapacity, min: 1, max: 1_000_000 },
    { name: 'price', label: b.price, min: 0, max: 10_000_000 },
  ];
  return html`
    <${Lines}
      title=${b.seatRows}
      why=${b.seatRowsWhy}
      fields=${rangeFields}
      lines=${ranges}
      next=${nextRange(ranges.at(-1))}
      nameOf=${b.rangeNumber}
      removeText=${b.removeRange}
      addText=${b.addRange}
      onChange=${setRanges}
    />
    <${Lines}
      title=${b.areasTitle}
      fields=${areaFields}
      lines=${areas}
      next=${NEW_AREA}
      nameOf=${b.areaNumber}
      removeText=${b.removeArea}
      addText=${b.addArea}
      onChange=${setAreas}
    />
    <p role="status">${b.placesInAll(number(placesOf(ranges, areas)))}</p>
  `;
}

export const NEW_RANGE: RangeDraft = { section: '', row: '1', from: '1', to: '20', price: '10000' };
const NEW_AREA: AreaDraft = { name: '', capacity: '100', price: '10000' };

/** Rows of a hall mostly differ in their number alone. */
function nextRange(last: RangeDraft | undefined): RangeDraft {
  if (!last) return NEW_RANGE;
  return { ...last, row: /^\d+$/.test(last.row) ? String(Number(last.row) + 1) : '' };
}
