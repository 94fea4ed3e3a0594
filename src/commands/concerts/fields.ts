/** The fields of concerts in requests. */
import { z } from 'zod';
import type { LaneKey } from '../command.ts';
import { line } from '../schemas/text.ts';

/** Whether this process knows the time zone; what it does not know no page could show. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Where the performances take place, for people. */
export const venue = line(200);
/** An IANA name. Offsets such as `+09:00` are refused: they do not follow daylight saving. */
export const timeZone = z
  .string()
  .max(60)
  .regex(/^[A-Za-z]/, 'must be the IANA name of a time zone')
  .refine(isTimeZone, 'must be the IANA name of a time zone')
  .meta({ type: 'string', example: 'Asia/Seoul' });

/** The key of commands that change a concert. */
export const byConcert = ({ concertId }: { concertId: number }): LaneKey => ({
  kind: 'seat',
  key: `concert:${concertId}`,
});
