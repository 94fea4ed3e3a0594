/** A plan with its map, its counts, and what each category has. */
import { html } from 'htm/preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Plan } from '../../../client/api/catalogue/halls.ts';
import { drawSeat } from '../../map/draw/seat-shape.ts';
import { onSchemeChange, readTheme } from '../../map/draw/theme.ts';
import { useBoardWords } from '../words.ts';
import { PlanMap } from './plan-map.ts';
import { countsOf, tierOf } from './plan-seats.ts';

export function PlanFigures({ name, plan }: { name: string; plan: Plan }) {
  const { b, number } = useBoardWords();
  const counts = useMemo(() => countsOf(plan), [plan]);
  const { seats, accessible, companion, standing, categories } = counts;
  const facts = [
    [b.halls.seats, seats],
    [b.halls.accessible, accessible],
    [b.halls.companion, companion],
    [b.halls.standing, standing],
  ] as const;
  return html`
    <div class="hall-figures">
      ${seats > 0 && html`<${PlanMap} name=${name} plan=${plan} />`}
      <dl class="facts">
        ${facts
          .filter(([, count]) => count > 0)
          .map(([label, count]) => html`<dt>${label}</dt><dd>${number(count)}</dd>`)}
      </dl>
      <div class="scroll" tabindex="0" role="region" aria-label=${b.halls.categories}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">${b.halls.category}</th>
              <th scope="col">${b.halls.seats}</th>
              <th scope="col">${b.halls.standing}</th>
            </tr>
          </thead>
          <tbody>
            ${categories.map(
              (each, index) => html`
                <tr>
                  <th scope="row">
                    ${each.seats > 0 && html`<${Swatch} tier=${tierOf(index, categories.length)} />`} ${each.name}
                  </th>
                  <td>${number(each.seats)}</td>
                  <td>${number(each.standing)}</td>
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
      ${
        plan.areas &&
        html`<dl class="facts">
            ${plan.areas.map(
              (area) => html`
                <dt>${b.halls.area} ${area.name}</dt>
                <dd>${number(area.capacity)} · ${area.category}</dd>
              `,
            )}
          </dl>`
      }
    </div>
  `;
}

const SIDE = 18;
const PIXEL_RATIO = 2;

/** A seat as the map draws those of a category. */
function Swatch({ tier }: { tier: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = () => {
      const context = canvas.current?.getContext('2d');
      if (!context) return;
      context.setTransform(PIXEL_RATIO, 0, 0, PIXEL_RATIO, 0, 0);
      context.clearRect(0, 0, SIDE, SIDE);
      const at = { x: 0, y: 0, size: SIDE };
      drawSeat(context, readTheme(), at, { look: 'free', tier, number: 0 });
    };
    draw();
    return onSchemeChange(draw);
  }, [tier]);
  const side = SIDE * PIXEL_RATIO;
  return html`
    <canvas class="hall-swatch" ref=${canvas} width=${side} height=${side} aria-hidden="true" />
  `;
}
