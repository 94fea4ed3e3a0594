/** Random values from JSON schemas: valid, nearly valid, and arbitrary ones. */
import fc from 'fast-check';
import type { Schema, Schemas } from '../http/operations.ts';

/** Text that often causes errors: NUL, half surrogate pairs, names of prototypes, markup, quotes. */
const troublesome = fc.constantFrom(
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff',
  '__proto__',
  'constructor',
  'null',
  'true',
  '0',
  "'; drop table seat; --",
  '<script>',
  '${x}',
  '{{x}}',
  '../../etc/passwd',
  '%00',
  '💺',
  '9'.repeat(30),
  'x'.repeat(2000),
  '1e3',
  '-1',
  '0x10',
  'NaN',
  '2026-13-45T99:99:99Z',
  '\u202eabc',
  '\ufeff',
  'e\u0301'.repeat(200),
  '١٢٣',
  'a\r\nb',
  '\\u0000',
  'x'.repeat(70_000),
);

export const anyText = fc.oneof(fc.string({ unit: 'binary' }), troublesome);

export const anyNumber = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, 1, -1, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 0.5),
);

export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
  anyText,
  anyNumber,
  fc.array(anyText, { maxLength: 3 }),
  fc.constantFrom(null, [], {}, [[]], true),
);

/** Values that match a schema, mostly small ones, so that some ids exist. */
export function fitting(schema: Schema, schemas: Schemas): fc.Arbitrary<unknown> {
  const { $ref, anyOf, allOf, enum: values } = schema as Record<string, any>;
  const named = typeof $ref === 'string' ? schemas[$ref.split('/').at(-1) ?? ''] : undefined;
  if (named) return fitting(named, schemas);
  if (anyOf) return fc.oneof(...anyOf.map((each: Schema) => fitting(each, schemas)));
  if (allOf) return fitting(allOf[0], schemas);
  if (values) return fc.constantFrom(...values);
  const types = [schema.type ?? 'anything'].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema, schemas)));
}

function ofType(type: string, schema: Schema, schemas: Schemas): fc.Arbitrary<unknown> {
  switch (type) {
    case 'integer':
    case 'number':
      return numberFor(schema);
    case 'string':
      return textFor(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const [items, minItems] = [(schema.items ?? {}) as Schema, Number(schema.minItems ?? 0)];
      return fc.array(fitting(items, schemas), { minLength: minItems, maxLength: minItems + 3 });
    }
    case 'object':
      return objectFor(schema, schemas);
    default:
      return anyJson;
  }
}

function numberFor({ minimum, maximum }: Record<string, any>): fc.Arbitrary<number> {
  const min = Math.max(minimum ?? 0, -(2 ** 31));
  return fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min, max: Math.min(maximum ?? min + 50, min + 50) }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...[minimum, maximum].filter((edge) => edge !== undefined), min),
    },
  );
}

const HOUR_MS = 3_600_000;
const thisHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;

/** Mostly within some weeks of now, where the sales of the tests are. */
const time = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fc.integer({ min: -500, max: 1000 }).map((hour) => thisHour + hour * HOUR_MS),
    },
    { weight: 1, arbitrary: fc.date({ noInvalidDate: true }).map(Number) },
  )
  .map((moment) => new Date(moment).toISOString());

/** URLs of this machine only, so that no random request reaches another host. */
const loopback = fc.constantFrom(
  'https://127.0.0.1:9/hook',
  'https://[::1]/',
  'https://localhost/?a=b',
  'https://0x7f.1/',
  'http://127.0.0.1/',
  'https://user:password@127.0.0.1/',
  'file:///etc/passwd',
  'https://',
);

function textFor({ format, minLength, maxLength }: Record<string, any>): fc.Arbitrary<string> {
  if (format === 'date-time') return time;
  if (format === 'uri') return loopback;
  const limits = { minLength: minLength ?? 0, maxLength: Math.min(maxLength ?? 40, 300) };
  return fc.string({ ...limits, unit: 'grapheme' });
}

function objectFor(schema: Schema, schemas: Schemas): fc.Arbitrary<unknown> {
  const { properties, required } = schema as Record<string, any>;
  const fields = Object.entries((properties ?? {}) as Record<string, Schema>);
  const arbitraries = fields.map(([name, each]) => [name, fitting(each, schemas)] as const);
  const ordered = fields.filter(
    ([name, { format }]) => format === 'date-time' || /^(from|to)$/.test(name),
  );
  return fc.record(Object.fromEntries(arbitraries), { requiredKeys: required ?? [] }).map((made) =>
    inOrder(
      made,
      ordered.map(([name]) => name),
    ),
  );
}

/** Sorts the times of an object, because random times are almost never in a valid order. */
function inOrder(made: Record<string, unknown>, names: readonly string[]) {
  const given = names.filter((name) => name in made);
  const sorted = given.map((name) => made[name] as string | number).toSorted(ascending);
  return { ...made, ...Object.fromEntries(given.map((name, place) => [name, sorted[place]])) };
}

function ascending(one: string | number, other: string | number): number {
  return one < other ? -1 : Number(one > other);
}

/** An object with one field missing, renamed, or of another type; or any other value. */
export const bent = (right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(right, fc.nat(20), anyJson, fc.nat(2)).map(([value, place, other, how]) => {
    if (typeof value !== 'object' || value === null) return other;
    const names = Object.keys(value);
    const name = names[place % Math.max(1, names.length)] ?? 'surprise';
    const { [name]: taken, ...rest } = value as Record<string, unknown>;
    if (how === 0) return rest;
    return how === 1 ? { ...rest, [name]: other } : { ...rest, [`${name}2`]: taken };
  });

/** One value that matches the schema; always the same. Its own example may know more than the schema says. */
export function exampleOf(schema: Schema, schemas: Schemas): unknown {
  if (schema.example !== undefined) return schema.example;
  return fc.sample(fitting(schema, schemas), { numRuns: 1, seed: 1 })[0];
}
