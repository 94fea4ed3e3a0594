/** The seats of one performance: the map, and beside it what is chosen, what was done with it, and what is blocked. */
import { html } from 'htm/preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Seat } from '../../../commands/schemas/resources.ts';
import { categoriesOf } from '../../map/draw/categories.ts';
import { SeatStates } from '../../map/seat-states.ts';
import { watchSeats } from '../../map/seat-stream.ts';
import { BlockedList } from './blocked-list.ts';
import { ChoicePanel } from './choice-panel.ts';
import { OutcomeNote } from './outcome-note.ts';
import { PlacesMap } from './places-map.ts';
import { RangeForm } from './range-form.ts';
import type { Performance } from './seat-text.ts';
import { NOTHING, toggled, withSeats } from './selection.ts';
import { useBlockedReasons } from './use-blocked-reasons.ts';
import { useChange } from './use-change.ts';

interface PlacesProps {
  title: string;
  schedule: Performance;
  seats: readonly Seat[];
}

export function Places({ title, schedule, seats }: PlacesProps) {
  const states = useMemo(() => new SeatStates(seats), [seats]);
  const categories = useMemo(() => categoriesOf(seats), [seats]);
  const reasons = useBlockedReasons(schedule.id, states);
  const [isLive, setLive] = useState(false);
  const [chosen, setChosen] = useState(NOTHING);
  useEffect(
    () => watchSeats(schedule.id, states, { onLive: setLive, onAreas: () => undefined }),
    [schedule.id, states],
  );
  const change = (indexes: Iterable<number>, isRemoving: boolean) =>
    setChosen((before) => withSeats(before, indexes, isRemoving));
  const { isBusy, progress, outcome, block, release } = useChange(states, reasons, (done) =>
    change(done, true),
  );
  return html`
    <div class="places">
      <${PlacesMap}
        title=${title}
        schedule=${schedule}
        states=${states}
        categories=${categories}
        reasons=${reasons}
        chosen=${chosen}
        isLive=${isLive}
        toggle=${(index: number) => setChosen((before) => toggled(before, index))}
        change=${change}
      />
      <div class="places-side">
        <${ChoicePanel}
          states=${states}
          chosen=${chosen}
          isBusy=${isBusy}
          clear=${() => setChosen(NOTHING)}
          block=${(reason: string) => block(chosen, reason)}
          release=${() => release(chosen)}
        />
        <${OutcomeNote} seats=${seats} progress=${progress} outcome=${outcome} />
        <${RangeForm} seats=${seats} change=${change} />
        <${BlockedList} states=${states} reasons=${reasons} choose=${(indexes: readonly number[]) => change(indexes, false)} />
      </div>
    </div>
  `;
}
