/** Writes the performance of an order as an iCalendar file (RFC 5545), which calendars of phones and computers import. */

export interface CalendarEntry {
  orderId: number;
  title: string;
  /** The venue; null if it is not known. */
  venue: string | null;
  /** ISO 8601 in UTC, as the next three. */
  startAt: string;
  endAt: string;
  paidAt: string;
  /** When the places last changed: the payment, or the last refund. Calendars take the entry with the later time. */
  revisedAt: string;
  /** A line for each place. */
  places: readonly string[];
}

/** The longest line without its line break, in bytes. */
const LINE_BYTES_MAX = 75;

/**
 * An entry that was imported before is replaced, because it has the same UID. The time of the payment is in it, because other
 * installations have orders with the same ids, and no buyer may lose a concert to another one.
 * @returns the file, with one event
 */
export function toCalendar(entry: CalendarEntry): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Seatlane//Tickets//EN',
    'BEGIN:VEVENT',
    `UID:order-${entry.orderId}-${timeOf(entry.paidAt)}@seatlane`,
    `DTSTAMP:${timeOf(entry.revisedAt)}`,
    `DTSTART:${timeOf(entry.startAt)}`,
    `DTEND:${timeOf(entry.endAt)}`,
    `SUMMARY:${escaped(entry.title)}`,
    ...(entry.venue === null ? [] : [`LOCATION:${escaped(entry.venue)}`]),
    `DESCRIPTION:${escaped(entry.places.join('\n'))}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

/** `2026-12-20T19:00:00.000Z` as `20261220T190000Z`. */
function timeOf(time: string): string {
  return time.replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
}

/** Text has no line breaks of its own, and commas and semicolons separate values (3.3.11). */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\,;]/g, '\\$&')
    .replaceAll(/\r\n|\r|\n/g, '\\n')
    .replaceAll(/\p{Cc}/gu, '');
}

/** Breaks a long line between two characters; each further line begins with a space (3.1). */
function folded(line: string): string {
  let text = '';
  let bytes = 0;
  for (const character of line) {
    const length = Buffer.byteLength(character);
    if (bytes + length > LINE_BYTES_MAX) {
      text += '\r\n ';
      bytes = 1;
    }
    text += character;
    bytes += length;
  }
  return text;
}
