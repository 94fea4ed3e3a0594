/** The fields of a performance's times, in the time zone of the device. */
import { html } from 'htm/preact';
import type { Schedule } from '../../../client/index.ts';
import { localTime } from '../local-time.ts';
import { useBoardWords } from '../words.ts';

export const TIMES = ['startAt', 'endAt', 'bookingStartAt', 'bookingEndAt'] as const;
export type Times = Pick<Schedule, (typeof TIMES)[number]>;

/** @param times the times shown at first; undefined for empty fields */
export function TimeFields({ times }: { times?: Times }) {
  const { b } = useBoardWords();
  const labels = {
    startAt: b.startAt,
    endAt: b.endAt,
    bookingStartAt: b.bookingStartAt,
    bookingEndAt: b.bookingEndAt,
  };
  return html`
    <div class="field-row">
      ${TIMES.map(
        (name) => html`
          <label class="field" key=${name}>
            <span>${labels[name]}</span>
            <input
              name=${name}
              type="datetime-local"
              step=${times && '1'}
              required
              defaultValue=${times && localTime(times[name])}
            />
          </label>
        `,
      )}
    </div>
  `;
}
