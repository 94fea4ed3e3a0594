/** Plans of halls out of pretix's seating plans, and the places of their faults. */
import { expect, test } from 'vitest';
import { planFromPretix } from '../../../../src/client/halls/from-pretix.ts';
import { plan } from '../../../../src/commands/schemas/hall-plan.ts';

const seat = (number: string, x: number, category = 'Stalls') => ({
  seat_guid: `A-${number}-${x}`,
  seat_number: number,
  position: { x, y: 0 },
  category,
});

/** A file as pretix's editor saves it. */
const example = () => ({
  name: 'Opera House',
  size: { width: 1000, height: 600 },
  categories: [
    { name: 'Stalls', color: '#7F4A91' },
    { name: 'Gallery', color: '#fa0' },
    { name: 'Boxes', color: 'red' },
  ],
  zones: [
    {
      name: 'Ground floor',
      zone_id: 'ground',
      uuid: '4f2fb0a2-5f0f-4a4e-9c1d-0d0f1a2b3c4d',
      position: { x: 100, y: 50.4 },
      rows: [
        {
          row_number: 'A',
          row_number_position: 'both',
          position: { x: 0, y: 20 },
          seats: [seat('2', 25.6), seat('1', 0)],
        },
        {
          row_number: '',
          seats: [{ ...seat('7', -3, 'Gallery'), radius: 10, start_direction: '<>' }],
        },
        { row_number: 'Empty', seats: [] },
      ],
      areas: [
        {
          shape: 'text',
          position: { x: 0, y: 0 },
          text: { text: 'Stage', position: { x: 0, y: 0 } },
        },
      ],
    },
    { name: 'Foyer', position: { x: 0, y: 0 }, rows: [] },
  ],
});

const parse = (file: unknown) => planFromPretix(JSON.stringify(file));
/** The faults after a change, as lines: place, code, values. */
function faultsAfter(change: (file: ReturnType<typeof example>) => void): string[] | undefined {
  const file = example();
  change(file);
  return parse(file).errors?.map(
    ({ place, code, values }) => `${place}: ${code} ${JSON.stringify(values)}`,
  );
}

type Row = ReturnType<typeof example>['zones'][number]['rows'][number];
const rowOf = (file: ReturnType<typeof example>) => file.zones[0]?.rows[0] as Row;
const seatOf = (file: ReturnType<typeof example>) => rowOf(file).seats[1] as object;
const SEAT = '/zones/0/rows/0/seats/1';

test('zones become sections, and positions stay relative', () => {
  const { plan: made, name } = { name: undefined, ...parse(example()) };
  expect(name).toBe('Opera House');
  expect(made).toEqual({
    categories: [
      { name: 'Stalls', colour: '#7f4a91' },
      { name: 'Gallery', colour: '#ffaa00' },
      { name: 'Boxes' },
    ],
    sections: [
      {
        name: 'Ground floor',
        x: 100,
        y: 50,
        rows: [
          {
            name: 'A',
            x: 0,
            y: 20,
            seats: [
              { number: 1, x: 0, y: 0, category: 'Stalls' },
              { number: 2, x: 26, y: 0, category: 'Stalls' },
            ],
          },
          { name: null, seats: [{ number: 7, x: -3, y: 0, category: 'Gallery' }] },
        ],
      },
    ],
  });
  expect(plan.parse(made)).toEqual(made);
});

test.each<[fault: string, change: (file: ReturnType<typeof example>) => void]>([
  [
    `${SEAT}/seat_number: not-a-number {"value":"1a"}`,
    (file) => Object.assign(seatOf(file), { seat_number: '1a' }),
  ],
  [
    `${SEAT}/seat_number: wrong-type {"type":"string"}`,
    (file) => Object.assign(seatOf(file), { seat_number: 1 }),
  ],
  [
    `${SEAT}/seat_number: seat-twice {"number":2,"first":"/zones/0/rows/0/seats/0"}`,
    (file) => Object.assign(seatOf(file), { seat_number: '2' }),
  ],
  [
    `${SEAT}/category: unknown-category {"value":"Loge"}`,
    (file) => Object.assign(seatOf(file), { category: 'Loge' }),
  ],
  [
    `${SEAT}/category: missing {"type":"string"}`,
    (file) => Object.assign(seatOf(file), { category: undefined }),
  ],
  [
    `${SEAT}/position: missing {"type":"object"}`,
    (file) => Object.assign(seatOf(file), { position: undefined }),
  ],
  [
    `${SEAT}/position/x: wrong-type {"type":"number"}`,
    (file) => Object.assign(seatOf(file), { position: { x: '3', y: 0 } }),
  ],
  [
    `${SEAT}/position/y: out-of-range {"value":1000000,"min":-100000,"max":100000}`,
    (file) => Object.assign(seatOf(file), { position: { x: 3, y: 1e6 } }),
  ],
  [
    '/zones/0/rows/0/seats/1: wrong-type {"type":"object"}',
    (file) => {
      rowOf(file).seats[1] = 7 as never;
    },
  ],
  [
    '/zones/0/rows/0/row_number: missing {"type":"string"}',
    (file) => Object.assign(rowOf(file), { row_number: undefined }),
  ],
  [
    '/zones/0/rows/0/seats: missing {"type":"array"}',
    (file) => Object.assign(rowOf(file), { seats: undefined }),
  ],
  [
    '/zones/0/position: missing {"type":"object"}',
    (file) => Object.assign(file.zones[0] as object, { position: undefined }),
  ],
  [
    '/zones/1/rows: wrong-type {"type":"array"}',
    (file) => Object.assign(file.zones[1] as object, { rows: {} }),
  ],
  [
    '/zones/2/name: section-twice {"value":"Ground floor","first":"/zones/0"}',
    (file) => {
      file.zones.push(structuredClone(file.zones[0] as never));
    },
  ],
  [
    '/categories/3/name: category-twice {"value":"Stalls","first":"/categories/0"}',
    (file) => {
      file.categories.push({ name: 'Stalls', color: '' });
    },
  ],
  [
    '/categories/0/name: too-long {"max":60}',
    (file) => {
      file.categories = [{ name: 'S'.repeat(61), color: '' }];
      file.zones = [];
    },
  ],
  [
    '/zones: empty {}',
    (file) => {
      file.zones = [];
    },
  ],
  ['/zones: missing {"type":"array"}', (file) => Object.assign(file, { zones: undefined })],
])('%s', (fault, change) => {
  expect(faultsAfter(change)?.[0]).toBe(fault);
});

test('two rows of one name are two blocks of it', () => {
  const file = example();
  (file.zones[0] as { rows: object[] }).rows.push({ row_number: 'A', seats: [seat('3', 90)] });
  expect(parse(file).plan?.sections[0]?.rows.map(({ name }) => name)).toEqual(['A', null, 'A']);
});

test.each([['{'], [''], ['[]'], ['null'], ['7'], ['"zones"']])('the file %j is refused', (text) => {
  expect(planFromPretix(text).errors).toHaveLength(1);
});

test('the first hundred faults are told', () => {
  const rows = Array.from({ length: 500 }, () => ({ row_number: 'A' }));
  expect(faultsAfter((file) => Object.assign(file.zones[0] as object, { rows }))).toHaveLength(100);
});

test('more seats than a plan may have are a fault', () => {
  const seats = Array.from({ length: 50_001 }, (_, index) => seat(String(index + 1), index));
  expect(faultsAfter((file) => Object.assign(rowOf(file), { seats }))).toEqual([
    '/zones: too-many {"max":50000}',
  ]);
});
