/** Plans of halls out of CSV files, and the places of their faults. */
import { describe, expect, test } from 'vitest';
import { planFromCsv } from '../../../../src/client/halls/from-csv.ts';
import { plan } from '../../../../src/commands/schemas/hall-plan.ts';

const HEADER = 'section,row,from,to,category,kind';
const parse = (...lines: string[]) => planFromCsv([HEADER, ...lines].join('\n'));
/** The faults as lines: place, code, values. */
const faultsOf = (...lines: string[]) => {
  const { errors } = parse(...lines);
  return errors?.map(({ place, code, values }) => `${place}: ${code} ${JSON.stringify(values)}`);
};

const HALL = [
  'Stalls,A,1,2,Best,accessible',
  'Stalls,A,3,5,Best,',
  'Gallery,,1,,Cheap,',
  'Stalls,B,1,2,Cheap,',
];

test('lines of one row make one row, and everything keeps its order', () => {
  const { plan: made, name } = { name: undefined, ...parse(...HALL) };
  expect(name).toBeNull();
  expect(made).toEqual({
    categories: [{ name: 'Best' }, { name: 'Cheap' }],
    sections: [
      {
        name: 'Stalls',
        rows: [
          {
            name: 'A',
            seats: [
              { number: 1, category: 'Best', kind: 'accessible' },
              { number: 2, category: 'Best', kind: 'accessible' },
              { number: 3, category: 'Best' },
              { number: 4, category: 'Best' },
              { number: 5, category: 'Best' },
            ],
          },
          {
            name: 'B',
            seats: [
              { number: 1, category: 'Cheap' },
              { number: 2, category: 'Cheap' },
            ],
          },
        ],
      },
      { name: 'Gallery', rows: [{ name: null, seats: [{ number: 1, category: 'Cheap' }] }] },
    ],
  });
  expect(plan.parse(made)).toEqual(made);
});

describe('the same hall', () => {
  const { plan: expected } = parse(...HALL);

  test.each([
    ['with CRLF and a byte order mark', `\ufeff${[HEADER, ...HALL].join('\r\n')}\r\n`],
    ['with CR', [HEADER, ...HALL].join('\r')],
    ['with semicolons', [HEADER, ...HALL].join('\n').replaceAll(',', ';')],
    ['with tabs', [HEADER, ...HALL].join('\n').replaceAll(',', '\t')],
    ['with quotes', [HEADER, ...HALL].join('\n').replaceAll(/[^,\n]+/g, '"$&"')],
    ['with empty lines', [HEADER, '', ...HALL, ',,,,,', ''].join('\n')],
    ['with spaces and capitals', [HEADER.toUpperCase(), ...HALL].join('\n').replaceAll(',', ' , ')],
  ])('comes of a file %s', (_, text) => {
    expect(planFromCsv(text).plan).toEqual(expected);
  });

  test('comes of columns in another order', () => {
    const turned = [HEADER, ...HALL].map((line) => line.split(',').toReversed().join(','));
    expect(planFromCsv(turned.join('\n')).plan).toEqual(expected);
  });
});

test('quoted cells contain separators, quotes and line breaks', () => {
  const made = parse(
    '"Stalls, ""left"" ",A,1,,Best,',
    '"Upper\nring",A,1,,Best,',
    'Stalls,B,x,,Best,',
  );
  expect(made.errors).toMatchObject([{ place: 'line 5, column from' }]);
  const { plan: right } = parse('"Stalls, ""left"" ",A,1,,Best,', '"Upper\nring",A,1,,Best,');
  expect(right?.sections.map(({ name }) => name)).toEqual(['Stalls, "left"', 'Upper ring']);
});

test('only `from` and `category` are needed', () => {
  const { plan: made } = planFromCsv('category,from\nBest,7');
  expect(made?.sections).toEqual([
    { name: null, rows: [{ name: null, seats: [{ number: 7, category: 'Best' }] }] },
  ]);
});

test.each([
  [
    'a number that is none',
    'Stalls,A,one,2,Best,',
    'line 2, column from: not-a-number {"value":"one"}',
  ],
  ['half a number', 'Stalls,A,1.5,2,Best,', 'line 2, column from: not-a-number {"value":"1.5"}'],
  ['no number', 'Stalls,A,,2,Best,', 'line 2, column from: empty {}'],
  [
    'seat 0',
    'Stalls,A,0,2,Best,',
    'line 2, column from: out-of-range {"value":"0","min":1,"max":1000000}',
  ],
  ['a run backwards', 'Stalls,A,5,4,Best,', 'line 2, column to: out-of-range {"value":4,"min":5}'],
  ['no category', 'Stalls,A,1,2,,', 'line 2, column category: empty {}'],
  ['a line that ends early', 'Stalls,A,1', 'line 2, column category: empty {}'],
  [
    'an unknown kind',
    'Stalls,A,1,2,Best,throne',
    'line 2, column kind: unknown-kind {"value":"throne"}',
  ],
  ['a long name', `${'S'.repeat(61)},A,1,2,Best,`, 'line 2, column section: too-long {"max":60}'],
  ['too many seats', 'Stalls,A,1,50001,Best,', 'file: too-many {"max":50000}'],
])('%s is a fault', (_, line, fault) => {
  expect(faultsOf(line)).toEqual([fault]);
});

test('a seat again is a fault that names the line before', () => {
  expect(faultsOf('Stalls,A,1,4,Best,', 'Stalls,B,1,4,Best,', 'Stalls,A,4,6,Cheap,')).toEqual([
    'line 4, column from: seat-twice {"number":4,"first":"line 2"}',
  ]);
});

test('all faults are told, the first hundred', () => {
  expect(faultsOf('Stalls,A,x,y,,z', 'Stalls,A,1,2,Best,throne')).toHaveLength(5);
  expect(faultsOf(...Array<string>(200).fill('Stalls,A,x,,Best,'))).toHaveLength(100);
});

test.each([
  ['', 'file: empty {}'],
  ['\n\n', 'file: empty {}'],
  [HEADER, 'file: empty {}'],
  ['section,row,to,category', 'line 1: missing {"column":"from"}'],
  ['from,category,colour', 'line 1: unknown-column {"value":"colour"}'],
  ['from,category\n1,"Best', 'file: not-csv {}'],
])('the file %j is refused', (text, fault) => {
  const found = planFromCsv(text).errors?.map(
    ({ place, code, values }) => `${place}: ${code} ${JSON.stringify(values)}`,
  );
  expect(found).toEqual([fault]);
});

test('a plan never gets more seats than it may have', () => {
  const rows = Array.from({ length: 1000 }, (_, index) => `Stalls,${index},1,1000000,Best,`);
  expect(faultsOf(...rows)).toEqual(['file: too-many {"max":50000}']);
});
