/** A row of buttons of which one is chosen. */
import { html } from 'htm/preact';

interface ToggleProps<Value extends string> {
  /** For screen readers: what is chosen. */
  label: string;
  options: readonly (readonly [value: Value, text: string])[];
  chosen: Value;
  choose(value: Value): void;
}

export function Toggle<Value extends string>(props: ToggleProps<Value>) {
  const { label, options, chosen, choose } = props;
  return html`
    <div class="toggle" role="group" aria-label=${label}>
      ${options.map(
        ([value, text]) => html`
          <button
            class="link"
            type="button"
            key=${value}
            aria-pressed=${value === chosen}
            onClick=${() => choose(value)}
          >${text}</button>
        `,
      )}
    </div>
  `;
}
