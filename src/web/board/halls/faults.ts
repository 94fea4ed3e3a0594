/** The faults of a plan as a list, each with its place. */
import { html } from 'htm/preact';
import { useEffect, useRef } from 'preact/hooks';
import { useBoardWords } from '../words.ts';
import type { Fault } from './drafts.ts';
import { faultText, placeText } from './fault-text.ts';

/** It takes the focus, so that nobody misses it below a long form. */
export function Faults({ faults }: { faults: readonly Fault[] }) {
  const { b } = useBoardWords();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.focus(), [faults]);
  return html`
    <div class="note hall-faults" role="alert" tabindex="-1" ref=${list}>
      <h2>${b.halls.faults(faults.length)}</h2>
      <ul>
        ${faults.map(
          (fault) => html`
            <li><b>${placeText(b, fault.place)}</b> ${faultText(b, fault)}</li>
          `,
        )}
      </ul>
    </div>
  `;
}
