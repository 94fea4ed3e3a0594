/** The three ways to give the seats of a hall: lines that are typed, a CSV file, or a seating plan of pretix. */
import { html } from 'htm/preact';
import { notifyProblem } from '../../notifications.ts';
import { type Field, Lines } from '../concerts/lines.ts';
import { type BoardTexts, useBoardWords } from '../words.ts';
import { type AreaDraft, KINDS, type SeatDraft } from './drafts.ts';
import { textOf } from './file-text.ts';
import type { Given, Source } from './given.ts';

/** More lines than this make a form that nobody can use. */
export const LINES_MAX = 300;

interface FieldsProps {
  given: Given;
  onChange(part: Partial<Given>): void;
}

export function SeatFields({ given, onChange }: FieldsProps) {
  const { b } = useBoardWords();
  const sources = Object.entries(b.halls.sources) as [Source, string][];
  return html`
    <fieldset class="line-group">
      <legend>${b.halls.source}</legend>
      <div class="buttons">
        ${sources.map(
          ([source, text]) => html`
            <label class="hall-choice" key=${source}>
              <input
                type="radio"
                name="source"
                checked=${given.source === source}
                onChange=${() => onChange({ source, pretix: '' })}
              />
              ${text}
            </label>
          `,
        )}
      </div>
    </fieldset>
    ${given.source === 'lines' && html`<${TypedLines} given=${given} onChange=${onChange} />`}
    ${given.source === 'csv' && html`<${CsvField} given=${given} onChange=${onChange} />`}
    ${given.source === 'pretix' && html`<${PretixField} given=${given} onChange=${onChange} />`}
    <${Lines}
      title=${b.halls.areas}
      fields=${areaFields(b)}
      lines=${given.areas}
      next=${NEW_AREA}
      nameOf=${b.areaNumber}
      removeText=${b.removeArea}
      addText=${b.addArea}
      onChange=${(areas: AreaDraft[]) => onChange({ areas })}
    />
  `;
}

function TypedLines({ given: { lines }, onChange }: FieldsProps) {
  const { b, number } = useBoardWords();
  if (lines.length > LINES_MAX)
    return html`<p class="note">${b.halls.tooLong(number(lines.length))}</p>`;
  return html`
    <${Lines}
      title=${b.halls.rows}
      why=${b.halls.rowsWhy}
      fields=${lineFields(b)}
      lines=${lines}
      next=${nextLine(lines.at(-1))}
      nameOf=${b.halls.line}
      removeText=${b.halls.removeLine}
      addText=${b.halls.addLine}
      onChange=${(next: SeatDraft[]) => onChange({ lines: next })}
    />
  `;
}

function CsvField({ given: { csv }, onChange }: FieldsProps) {
  const { b } = useBoardWords();
  return html`
    <p class="quiet small">${b.halls.csvWhy}</p>
    <label class="field">
      <span>${b.halls.csv}</span>
      <textarea
        class="hall-csv"
        rows="8"
        spellcheck=${false}
        placeholder=${EXAMPLE}
        value=${csv}
        onInput=${({ target }: Event) => onChange({ csv: (target as HTMLTextAreaElement).value })}
      />
    </label>
    <${FileField} label=${b.halls.csvFile} accept=".csv,.txt,text/csv" onRead=${(text: string) => onChange({ csv: text })} />
  `;
}

function PretixField({ onChange }: FieldsProps) {
  const { b } = useBoardWords();
  return html`
    <p class="quiet small">${b.halls.pretixWhy}</p>
    <${FileField} label=${b.halls.pretixFile} accept=".json,application/json" onRead=${(text: string) => onChange({ pretix: text })} />
  `;
}

interface FileFieldProps {
  label: string;
  accept: string;
  onRead(text: string): void;
}

function FileField({ label, accept, onRead }: FileFieldProps) {
  const read = ({ target }: Event) => {
    const [file] = (target as HTMLInputElement).files ?? [];
    file
      ?.arrayBuffer()
      .then((bytes) => onRead(textOf(new Uint8Array(bytes))))
      .catch(notifyProblem);
  };
  return html`
    <label class="field">
      <span>${label}</span>
      <input type="file" accept=${accept} onChange=${read} />
    </label>
  `;
}

function lineFields(b: BoardTexts): Field<SeatDraft>[] {
  const kinds = ['', ...KINDS] as const;
  return [
    { name: 'section', label: b.rangeSection, maxLength: 60 },
    { name: 'row', label: b.rangeRow, maxLength: 60 },
    { name: 'from', label: b.rangeFrom, min: 1, max: 1_000_000 },
    { name: 'to', label: b.rangeTo, min: 1, max: 1_000_000 },
    { name: 'category', label: b.halls.category, maxLength: 60, isRequired: true },
    {
      name: 'kind',
      label: b.halls.kind,
      options: kinds.map((kind) => ({ value: kind, text: b.halls.kinds[kind] })),
    },
  ];
}

function areaFields(b: BoardTexts): Field<AreaDraft>[] {
  return [
    { name: 'name', label: b.areaName, maxLength: 60, isRequired: true },
    { name: 'capacity', label: b.areaCapacity, min: 1, max: 1_000_000 },
    { name: 'category', label: b.halls.category, maxLength: 60, isRequired: true },
  ];
}

export const NEW_LINE: SeatDraft = {
  section: '',
  row: '1',
  from: '1',
  to: '20',
  category: '',
  kind: '',
};
const NEW_AREA: AreaDraft = { name: '', capacity: '100', category: '' };
const EXAMPLE = `section,row,from,to,category,kind
Stalls,A,1,18,Best,
Stalls,A,19,19,Best,accessible
Stalls,A,20,20,Best,companion`;

/** Rows of a hall mostly differ in their number alone. */
function nextLine(last: SeatDraft | undefined): SeatDraft {
  if (!last) return NEW_LINE;
  const { section, row, from, to, category } = last;
  const next = /^\d+$/.test(row) ? String(Number(row) + 1) : '';
  return { section, row: next, from, to, category, kind: '' };
}
