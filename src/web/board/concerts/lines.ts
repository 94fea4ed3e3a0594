/** A list of lines with the same fields, to which lines are added and from which they are taken. */
import { html } from 'htm/preact';
import { useRef } from 'preact/hooks';

/** A field of a line: a number if it has a range, else text. */
export interface Field<Line> {
  name: keyof Line & string;
  label: string;
  min?: number;
  max?: number;
  maxLength?: number;
  isRequired?: boolean;
  /** What can be chosen, instead of typing. */
  options?: readonly { value: string; text: string }[];
}

interface LinesProps<Line> {
  title: string;
  why?: string;
  fields: readonly Field<Line>[];
  lines: readonly Line[];
  /** The line that is added. */
  next: Line;
  /** @param number of the line, from 1 */
  nameOf(number: number): string;
  removeText(number: number): string;
  addText: string;
  onChange(lines: Line[]): void;
}

export function Lines<Line extends object>(props: LinesProps<Line>) {
  const { title, why, fields, lines, next, nameOf, removeText, addText, onChange } = props;
  const adding = useRef<HTMLButtonElement>(null);
  const type = (index: number, event: Event) => {
    const { name, value } = event.target as HTMLInputElement;
    onChange(lines.map((line, at) => (at === index ? { ...line, [name]: value } : line)));
  };
  const remove = (index: number) => {
    onChange(lines.filter((_, at) => at !== index));
    // The button that had the focus is gone.
    adding.current?.focus();
  };
  return html`
    <fieldset class="line-group">
      <legend>${title}</legend>
      ${why && html`<p class="quiet small">${why}</p>`}
      ${lines.map(
        (line, index) => html`
          <div class="line-fields" role="group" aria-label=${nameOf(index + 1)}>
            ${fields.map((field) => html`<${LineField} key=${field.name} field=${field} value=${line[field.name]} onInput=${(event: Event) => type(index, event)} />`)}
            <button class="link" type="button" aria-label=${removeText(index + 1)} onClick=${() => remove(index)}>×</button>
          </div>
        `,
      )}
      <button class="button is-plain is-small" type="button" ref=${adding} onClick=${() => onChange([...lines, next])}>
        ${addText}
      </button>
    </fieldset>
  `;
}

interface LineFieldProps<Line> {
  field: Field<Line>;
  value: unknown;
  onInput(event: Event): void;
}

function LineField<Line>({ field, value, onInput }: LineFieldProps<Line>) {
  const { name, label, min, max, maxLength, isRequired, options } = field;
  const isNumber = min !== undefined;
  if (options)
    return html`
      <label class="field">
        <span>${label}</span>
        <select name=${name} value=${value} onChange=${onInput}>
          ${options.map((each) => html`<option key=${each.value} value=${each.value}>${each.text}</option>`)}
        </select>
      </label>
    `;
  return html`
    <label class="field">
      <span>${label}</span>
      <input
        name=${name}
        type=${isNumber ? 'number' : 'text'}
        inputmode=${isNumber ? 'numeric' : undefined}
        min=${min}
        max=${max}
        maxlength=${maxLength}
        required=${isNumber || isRequired}
        pattern=${isRequired ? '.*\\S.*' : undefined}
        autocomplete="off"
        value=${value}
        onInput=${onInput}
      />
    </label>
  `;
}
