/** Changes a concert: what it says about itself, its picture, and whether its sale is closed. */
import { hash } from 'node:crypto';
import type { closeConcert, reopenConcert } from '../../../src/commands/concerts/close-concert.ts';
import type { editConcert } from '../../../src/commands/concerts/edit-concert.ts';
import type { setConcertImage } from '../../../src/commands/concerts/set-concert-image.ts';
import type { Concert } from '../../../src/commands/schemas/resources.ts';
import { changeClosing } from '../../../src/domain/concerts/closing.ts';
import { noSuchConcert } from '../../../src/domain/not-found.ts';
import type { ConcertRow } from '../../rows/rows.ts';
import { type Applying, type Handler, type HandlerOf, rejected, succeeded } from '../handler.ts';
import { toConcert } from './to-concert.ts';

/** A handler that changes the concert which the command names. */
function changing<Input extends { concertId: number }, Name extends string>(
  change: (applying: Applying<Input, Name>, concert: ConcertRow) => Partial<ConcertRow>,
): Handler<Input, Concert, Name> {
  return {
    isOperators: true,
    needs: ({ concertId }) => ({ concertIds: [concertId], changesConcerts: true }),

    apply(applying) {
      const { command, rows } = applying;
      const { concertId } = command.input;
      const concert = rows.concerts.get(concertId);
      if (!concert) return rejected(noSuchConcert(concertId));
      rows.operatorLog.noteBefore(toConcert(concert));
      rows.concerts.change(concert, change(applying, concert));
      return succeeded(toConcert(concert));
    },
  };
}

export const handleEditConcert: HandlerOf<typeof editConcert> = changing(
  ({ command: { input } }, { title, description, venue, timeZone }) => ({
    title: input.title ?? title,
    description: input.description === undefined ? description : input.description,
    venue: input.venue === undefined ? venue : input.venue,
    timeZone: input.timeZone ?? timeZone,
  }),
);

export const handleSetConcertImage: HandlerOf<typeof setConcertImage> = changing(
  ({ command: { input }, rows }) => {
    const { concertId, type, data } = input;
    const imageHash = hash('sha256', Buffer.from(data, 'base64'), 'base64url');
    rows.concertImages.add({ concertId, hash: imageHash, type, data });
    return { imageHash };
  },
);

export const handleCloseConcert: HandlerOf<typeof closeConcert> = changing(
  ({ command: { input }, now }, concert) => changeClosing(concert, input.reason, now),
);

export const handleReopenConcert: HandlerOf<typeof reopenConcert> = changing(({ now }, concert) =>
  changeClosing(concert, null, now),
);
