/** The address that opens a gate. The board shows it as a QR code; its fragment never reaches a server. */

export interface Gate {
  scheduleId: number;
  /** The name of the entrance. */
  gate: string;
  /** What the head of the page shows; '' if it is unknown. */
  title: string;
}

/** The names in the fragment of a gate's address, which the board shows as a QR code. */
export interface Opening extends Gate {
  token: string | null;
}

/**
 * The gate that an address opens.
 * @param text an address such as `https://seats.example/gate#schedule=7&gate=North+2&token=…`, or anything else
 * @param origin of this page; other origins open nothing here
 */
export function openingIn(text: string, origin: string): Opening | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.origin !== origin || url.pathname !== '/gate') return undefined;
  const given = new URLSearchParams(url.hash.slice(1));
  const scheduleId = Number(given.get('schedule'));
  const gate = given.get('gate')?.trim() ?? '';
  if (!Number.isSafeInteger(scheduleId) || scheduleId < 1 || gate === '') return undefined;
  return { scheduleId, gate, title: given.get('title') ?? '', token: given.get('token') };
}

/** The address that opens a gate. */
export function addressOfGate(origin: string, { scheduleId, gate, title, token }: Opening): string {
  const names = new URLSearchParams({ schedule: String(scheduleId), gate, title });
  if (token !== null) names.set('token', token);
  return `${origin}/gate#${names}`;
}

/** A Hangul letter takes nine characters of an address, and a QR code that a phone reads from a screen holds some hundreds. */
const CONCERT_LENGTH_MAX = 40;

/** The title of a gate: the concert, which is cut if it is long, and when the performance starts. */
export function titleOfGate(concert: string, start: string): string {
  return `${shortened(concert)}, ${start}`;
}

function shortened(concert: string): string {
  // By characters as readers see them: half of a surrogate pair cannot be put into an address.
  const letters = [...concert];
  if (letters.length <= CONCERT_LENGTH_MAX) return concert;
  return `${letters.slice(0, CONCERT_LENGTH_MAX - 1).join('')}…`;
}
