/** What buyers' calls take and give besides the API's resources. */
import type { PointHistoryLine } from '../commands/resources.ts';
import type { PageOptions } from './options.ts';

/** Which seats side by side the best are: docs/outcomes.md. */
export interface BestAvailable {
  scheduleId: number;
  /** How many seats side by side, 1 to 10. */
  quantity: number;
  /** The most that one seat may cost, in points. */
  maxPrice?: number | undefined;
  /** Only seats of this section. */
  section?: string | undefined;
  /** Which price comes first: the dearest (`best`, without it), or the cheapest. */
  prefer?: 'best' | 'cheapest' | undefined;
}

export interface HistoryOptions extends PageOptions {
  kind?: PointHistoryLine['kind'] | undefined;
  /** From this time on. */
  from?: Date | string | undefined;
  /** Before this time. */
  to?: Date | string | undefined;
}

/** Whom an access token names. */
export interface Me {
  subject: string;
  name: string | null;
  isAdmin: boolean;
}

export interface DrawnPlace {
  /** The number before the draw. */
  ticket: number;
  number: number;
}

export interface Draw {
  concertId: number;
  gathersAt: string;
  opensAt: string;
  /** SHA-256 of the seed, in hex. */
  seedHash: string;
  /** null until the draw, as all that follows. */
  seed: string | null;
  drawnAt: string | null;
  places: number | null;
  firstNumber: number | null;
}
