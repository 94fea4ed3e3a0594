/** Calendar files: their form (RFC 5545), and text that could break it. */
import { describe, expect, test } from 'vitest';
import { type CalendarEntry, toCalendar } from '../../../../src/http/tickets/calendar.ts';

const entry: CalendarEntry = {
  orderId: 12,
  title: 'The Winter Gala',
  venue: null,
  startAt: '2026-12-20T19:00:00.000Z',
  endAt: '2026-12-20T22:00:00.000Z',
  paidAt: '2026-11-21T02:20:08.316Z',
  revisedAt: '2026-11-24T09:15:00.001Z',
  places: ['Stalls G 7', 'Stalls G 8'],
};
const linesOf = (change: Partial<CalendarEntry>) =>
  toCalendar({ ...entry, ...change }).split('\r\n');
/** As a calendar reads it: lines that begin with a space continue the one before. */
const unfolded = (change: Partial<CalendarEntry>) =>
  toCalendar({ ...entry, ...change })
    .replaceAll('\r\n ', '')
    .split('\r\n');

describe('a calendar file', () => {
  test('has one event, with the times and the places', () => {
    expect(linesOf({})).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Seatlane//Tickets//EN',
      'BEGIN:VEVENT',
      'UID:order-12-20261121T022008Z@seatlane',
      'DTSTAMP:20261124T091500Z',
      'DTSTART:20261220T190000Z',
      'DTEND:20261220T220000Z',
      'SUMMARY:The Winter Gala',
      'DESCRIPTION:Stalls G 7\\nStalls G 8',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
  });

  test('escapes what separates values and lines, so that no title adds a property', () => {
    const lines = unfolded({ title: 'One, two; \\three\r\nATTENDEE:mallory\u0007' });
    expect(lines).toContain('SUMMARY:One\\, two\\; \\\\three\\nATTENDEE:mallory');
    expect(lines).toHaveLength(13);
  });

  test('names the venue, escaped', () => {
    const lines = unfolded({ venue: 'Town Hall, Room 2;\nDTSTART:20200101T000000Z' });
    expect(lines).toContain('LOCATION:Town Hall\\, Room 2\\;\\nDTSTART:20200101T000000Z');
    expect(lines).toHaveLength(14);
  });

  test.each(['x'.repeat(200), '가'.repeat(200), '👩‍👩‍👧‍👦'.repeat(40)])(
    'folds the long title %s between characters, at 75 bytes',
    (title) => {
      const lines = linesOf({ title });
      expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
      expect(lines.every((line) => line.isWellFormed())).toBe(true);
      expect(unfolded({ title })).toContain(`SUMMARY:${title}`);
    },
  );
});
