/** The lists that are put together from the bytes of seats' details equal the JSON of the seats. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OtherSeats, SeatDetails } from '../../../../src/http/seat-maps/seat-details.ts';

const STATES = {
  a: { state: 'available' },
  h: { state: 'held' },
  s: { state: 'sold' },
  b: { state: 'held', isBlocked: true },
} as const;
type Letter = keyof typeof STATES;

const seat = fc.record(
  {
    section: fc.string({ unit: 'grapheme' }),
    row: fc.constantFrom('A', '나', '"1"', null),
    number: fc.nat(),
    price: fc.nat(),
    kind: fc.constant('companion' as const),
  },
  { requiredKeys: ['section', 'row', 'number', 'price'] },
);
const letter = fc.constantFrom<Letter[]>('a', 'h', 's', 'b');
const halls = fc.array(fc.tuple(seat, letter), { maxLength: 20 }).map((rows) =>
  // Ids with gaps: other schedules have the ones between.
  rows.map(([details, letter], index) => ({ seat: { id: 3 * index + 5, ...details }, letter })),
);
type Hall = { seat: { id: number }; letter: Letter }[];

const items = (hall: Hall) => hall.map(({ seat, letter }) => ({ ...seat, ...STATES[letter] }));

test('the list of all seats', () => {
  fc.assert(
    fc.property(halls, (hall) => {
      const details = new SeatDetails(
        7,
        hall.map(({ seat }) => seat),
      );
      const list = details.all(hall.map(({ letter }) => letter).join(''));
      expect(list.toString()).toBe(JSON.stringify({ scheduleId: 7, items: items(hall) }));
    }),
  );
});

test('the list of the seats in one state', () => {
  fc.assert(
    fc.property(halls, fc.constantFrom('available', 'held', 'sold'), (hall, state) => {
      const details = new SeatDetails(
        7,
        hall.map(({ seat }) => seat),
      );
      const wanted = hall.filter(({ letter }) => STATES[letter].state === state);
      const idsOf = (some: Hall) => some.map(({ seat }) => seat.id);
      const found = {
        ids: idsOf(wanted),
        blockedIds: idsOf(wanted.filter(({ letter }) => letter === 'b')),
      };
      expect(details.inState(found, state)().toString()).toBe(
        JSON.stringify({ scheduleId: 7, items: items(wanted) }),
      );
    }),
  );
});

test('a state that this version does not know is held', () => {
  const details = new SeatDetails(7, [{ id: 1, section: 'A', row: null, number: 1, price: 5 }]);
  expect(details.all('x').toString()).toContain('"state":"held"}');
});

test('ids of another hall are refused before a list is built', () => {
  const details = new SeatDetails(7, [{ id: 1, section: 'A', row: null, number: 1, price: 5 }]);
  expect(() => details.inState({ ids: [1, 2], blockedIds: [] }, 'sold')).toThrow(OtherSeats);
});
