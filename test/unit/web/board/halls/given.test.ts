/** What the editor of a hall makes of what it is given. */
import { expect, test } from 'vitest';
import type { Plan } from '../../../../../src/client/api/catalogue/halls.ts';
import { linesOf, type SeatDraft } from '../../../../../src/web/board/halls/drafts.ts';
import { faultText, placeText } from '../../../../../src/web/board/halls/fault-text.ts';
import { check, firstGiven } from '../../../../../src/web/board/halls/given.ts';
import { countsOf, seatsOfPlan, tierOf } from '../../../../../src/web/board/halls/plan-seats.ts';
import { en } from '../../../../../src/web/board/halls/words.ts';

const line = (part: Partial<SeatDraft> = {}): SeatDraft => ({
  section: 'Stalls',
  row: 'A',
  from: '1',
  to: '2',
  category: 'Best',
  kind: '',
  ...part,
});
const typed = (...lines: SeatDraft[]) => ({ ...firstGiven(undefined, line()), lines });
const textsOf = (result: ReturnType<typeof check>) =>
  result.faults?.map((fault) => `${placeText(en, fault.place)}: ${faultText(en, fault)}`);

/** A row of two blocks with an aisle between them, on a curve, and an area. */
const curved: Plan = {
  categories: [{ name: 'Best', colour: '#aa0000' }, { name: 'Standing' }],
  sections: [
    {
      name: 'Stalls',
      x: 100,
      y: 50,
      rows: [
        {
          name: 'A',
          x: 5,
          seats: [
            { number: 1, x: 0, y: 3, category: 'Best' },
            { number: 2, x: 20, y: 1, category: 'Best', kind: 'accessible' },
          ],
        },
        { name: 'A', x: 80, seats: [{ number: 3, x: 0, y: 1, category: 'Best' }] },
      ],
    },
  ],
  areas: [
    {
      name: 'Floor',
      capacity: 200,
      category: 'Standing',
      polygon: [
        [0, 0],
        [9, 0],
        [0, 9],
      ],
    },
  ],
};

test('typed lines become rows, with areas and their categories', () => {
  const areas = [{ name: ' Floor ', capacity: '200', category: 'Standing' }];
  const given = { ...typed(line(), line({ from: '3', to: '3', kind: 'companion' })), areas };
  expect(check(given, undefined).plan).toEqual({
    categories: [{ name: 'Best' }, { name: 'Standing' }],
    sections: [
      {
        name: 'Stalls',
        rows: [
          {
            name: 'A',
            seats: [
              { number: 1, category: 'Best' },
              { number: 2, category: 'Best' },
              { number: 3, category: 'Best', kind: 'companion' },
            ],
          },
        ],
      },
    ],
    areas: [{ name: 'Floor', capacity: 200, category: 'Standing' }],
  });
});

test('a hall can have nothing but areas, but not nothing', () => {
  const areas = [{ name: 'Floor', capacity: '200', category: 'Standing' }];
  expect(check({ ...typed(), areas }, undefined).plan?.sections).toEqual([]);
  expect(textsOf(check(typed(), undefined))).toEqual(['The whole file: There is nothing here.']);
});

test('a plan that is opened and not changed stays as it is', () => {
  const given = firstGiven(curved, line());
  expect(given.lines.map(({ from, to, kind, block }) => [from, to, kind, block])).toEqual([
    ['1', '1', '', 0],
    ['2', '2', 'accessible', 0],
    ['3', '3', '', 1],
  ]);
  const json = JSON.parse(JSON.stringify(check(given, curved).plan));
  expect(json).toEqual(curved);
});

test('a line that is added keeps what stands in the row', () => {
  const lines = [...linesOf(curved), line({ from: '8', to: '9', block: 1 })];
  const { plan } = check({ ...firstGiven(curved, line()), lines }, curved);
  expect(plan?.sections[0]?.rows.map(({ seats }) => seats.map(({ number }) => number))).toEqual([
    [1, 2],
    [3, 8, 9],
  ]);
  expect(plan?.sections[0]?.rows[0]?.seats[1]).toMatchObject({ x: 20, y: 1 });
});

test('faults name the line that was typed', () => {
  expect(
    textsOf(
      check(typed(line(), line({ from: '2', to: '5' }), line({ from: '9', to: '8' })), undefined),
    ),
  ).toEqual([
    'Line 2, column from: Seat 2 stands there twice, first at Line 1.',
    'Line 3, column to: 8 is less than 9.',
  ]);
  const areas = ['Floor', 'Floor '].map((name) => ({ name, capacity: '1', category: 'Best' }));
  expect(textsOf(check({ ...typed(line()), areas }, undefined))).toEqual([
    'Area 2: The area “Floor” stands already at Area 1.',
  ]);
});

test('faults of files name the place in the file', () => {
  const given = typed();
  const csv = 'row,from,category,kind\nA,x,Best,\nA,1,Best,vip';
  expect(textsOf(check({ ...given, source: 'csv', csv }, undefined))).toEqual([
    'Line 2, column from: “x” is not a whole number.',
    'Line 3, column kind: “vip” is no kind. It can be accessible, companion or empty.',
  ]);
  const pretix = '{"categories": [], "zones": {}}';
  expect(textsOf(check({ ...given, source: 'pretix', pretix }, undefined))).toEqual([
    '/zones: This must be of the type array.',
  ]);
  expect(textsOf(check({ ...given, source: 'pretix', pretix: '{' }, undefined))).toEqual([
    'The whole file: This is not JSON.',
  ]);
});

test('a plan has seats for the map, and counts', () => {
  expect(seatsOfPlan(curved).map(({ id, number, kind }) => [id, number, kind])).toEqual([
    [1, 1, undefined],
    [2, 2, 'accessible'],
    [3, 3, undefined],
  ]);
  expect(countsOf(curved)).toEqual({
    seats: 3,
    accessible: 1,
    companion: 0,
    standing: 200,
    categories: [
      { name: 'Best', seats: 3, standing: 0 },
      { name: 'Standing', seats: 0, standing: 200 },
    ],
  });
});

test('more categories than the map has colours share them', () => {
  expect([0, 5].map((category) => tierOf(category, 6))).toEqual([0, 5]);
  expect([0, 1, 11].map((category) => tierOf(category, 12))).toEqual([0, 0, 5]);
});
