/** Requests for an operation, made at random from its schemas: right, nearly right, and far from it. */
import fc from 'fast-check';
import type { Operation, Schema } from './operations.ts';

export interface RandomRequest {
  path: string;
  headers: Record<string, string>;
  /** Undefined where none is sent. */
  text: string | undefined;
}

type Schemas = Record<string, Schema>;

/** Text that has caused trouble somewhere: NUL, halves of pairs, names of prototypes, markup, quotes. */
const troublesome = fc.constantFrom(
  ...['', ' ', '\0', 'a\0b', '\ud800', '\udfff', '__proto__', 'constructor', 'null', 'true', '0'],
  ...["'; drop table seat; --", '<script>', '${x}', '{{x}}', '../../etc/passwd', '%00', '💺'],
  ...['9'.repeat(30), 'x'.repeat(2000), '1e3', '-1', '0x10', 'NaN', '2026-13-45T99:99:99Z'],
);

const text = fc.oneof(fc.string({ unit: 'binary' }), troublesome);
const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, 1, -1, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 0.5),
);
const anyJson = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  text,
  number,
  fc.constantFrom(null, [], {}),
);

/** Values that fit a schema, as far as it says; mostly small ones, so that some name real things. */
function fitting(schema: Schema, schemas: Schemas): fc.Arbitrary<unknown> {
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
  const { minimum, maximum, minLength, maxLength, items, properties, required, format } =
    schema as Record<string, any>;
  switch (type) {
    case 'integer':
    case 'number': {
      const min = Math.max(minimum ?? 0, -(2 ** 31));
      return fc.oneof(
        fc.integer({ min, max: Math.min(maximum ?? 50, min + 50) }),
        fc.constantFrom(...[minimum, maximum].filter((edge) => edge !== undefined), min),
      );
    }
    case 'string': {
      if (format === 'date-time')
        return fc.date({ noInvalidDate: true }).map((at) => at.toISOString());
      const limits = { minLength: minLength ?? 0, maxLength: Math.min(maxLength ?? 40, 300) };
      return fc.string({ ...limits, unit: 'grapheme' });
    }
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(fitting(items ?? {}, schemas), { maxLength: 4 });
    case 'object': {
      const fields = Object.entries((properties ?? {}) as Record<string, Schema>);
      const arbitraries = fields.map(([name, each]) => [name, fitting(each, schemas)] as const);
      return fc.record(Object.fromEntries(arbitraries), { requiredKeys: required ?? [] });
    }
    default:
      return anyJson;
  }
}

/** An object with one of its fields missing, renamed, or of another kind. */
const bent = (right: fc.Arbitrary<unknown>) =>
  fc.tuple(right, fc.nat(20), anyJson, fc.nat(2)).map(([value, place, other, how]) => {
    if (typeof value !== 'object' || value === null) return other;
    const names = Object.keys(value);
    const name = names[place % Math.max(1, names.length)] ?? 'surprise';
    const { [name]: taken, ...rest } = value as Record<string, unknown>;
    if (how === 0) return rest;
    return how === 1 ? { ...rest, [name]: other } : { ...rest, [`${name}2`]: taken };
  });

function bodyOf({ body }: Operation, schemas: Schemas): fc.Arbitrary<string | undefined> {
  const right = fitting(body ?? { type: 'object' }, schemas);
  const broken = fc.constantFrom(
    '{',
    '[',
    '"',
    '{"a":1,}',
    'undefined',
    '\ufeff{}',
    '{}{}',
    '1e999',
  );
  const nested = fc.nat(3000).map((depth) => '['.repeat(depth) + ']'.repeat(depth));
  return fc.oneof(
    { weight: 6, arbitrary: right.map((value) => JSON.stringify(value)) },
    { weight: 4, arbitrary: bent(right).map((value) => JSON.stringify(value) ?? '') },
    { weight: 2, arbitrary: anyJson.map((value) => JSON.stringify(value) ?? '') },
    { weight: 1, arbitrary: fc.oneof(broken, nested, text) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

/** What may stand in a header without the client itself refusing to send it. */
const headerText = text.map((value) => value.replaceAll(/[^\t\x20-\x7e\xa0-\xff]/g, '').trim());

const headers = fc.record(
  {
    Prefer: fc.oneof(
      fc.constantFrom('wait=0', 'respond-async, wait=0', 'wait=-1', 'wait=x'),
      headerText,
    ),
    'Idempotency-Key': fc.oneof(fc.uuid(), fc.constantFrom('one', '"one"', '"', ''), headerText),
    'Queue-Token': headerText,
    'If-None-Match': fc.oneof(fc.constantFrom('*', 'W/"x"', '"x", "y"'), headerText),
    'Content-Type': fc.oneof(
      fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain', ''),
      headerText,
    ),
    'Last-Event-ID': headerText,
    Accept: headerText,
  },
  { requiredKeys: [] },
);

const segment = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 30 }).map(String) },
  { weight: 2, arbitrary: fc.oneof(text, number.map(String)).map(asSegment) },
);

/** Percent-encoded; halves of pairs have no encoding, so they are sent as broken bytes. */
function asSegment(value: string): string {
  const encoded = value.isWellFormed() ? encodeURIComponent(value) : '%ED%A0%80';
  return encoded === '' || encoded === '.' || encoded === '..' ? '%20' : encoded.slice(0, 3000);
}

function queryOf({ parameters }: Operation, schemas: Schemas): fc.Arbitrary<string> {
  const known = parameters.filter((each) => each.in === 'query');
  const pairs = known.map(({ name, schema }) =>
    fc
      .oneof(fitting(schema, schemas), text, number)
      .map((value) => `${name}=${asSegment(String(value))}`),
  );
  const strange = fc.constantFrom(
    'surprise=1',
    '&&',
    '=',
    'limit=1&limit=2',
    'cursor[]=1',
    '%',
    '%ZZ',
  );
  return fc
    .tuple(
      ...pairs.map((pair) => fc.option(pair, { nil: '' })),
      fc.option(strange, { nil: '', freq: 6 }),
    )
    .map((parts) => parts.filter((part) => part !== '').join('&'));
}

/** Requests at random for one operation. */
export function requestsFor(operation: Operation, schemas: Schemas): fc.Arbitrary<RandomRequest> {
  const holes = [...operation.path.matchAll(/\{\w+\}/g)].length;
  const segments = fc.array(segment, { minLength: holes, maxLength: holes });
  const takesBody = operation.method !== 'GET';
  return fc
    .record({
      segments,
      query: queryOf(operation, schemas),
      headers,
      text: takesBody ? bodyOf(operation, schemas) : fc.constant(undefined),
    })
    .map(({ segments: ids, query, headers: sent, text: body }) => {
      let hole = 0;
      const path = operation.path.replaceAll(/\{\w+\}/g, () => ids[hole++] as string);
      return { path: query === '' ? path : `${path}?${query}`, headers: sent, text: body };
    });
}
