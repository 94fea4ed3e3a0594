/** Random requests for an operation, generated from its schemas: valid, nearly valid, and invalid. */
import fc from 'fast-check';
import type { Operation, Parameter, Schemas } from '../http/operations.ts';
import { anyJson, anyNumber, anyText, bent, fitting } from './values.ts';

export interface RandomRequest {
  path: string;
  headers: Record<string, string>;
  /** Undefined if none is sent. */
  body: string | Uint8Array<ArrayBuffer> | undefined;
}

export interface RequestHints {
  schemas: Schemas;
  /** Existing job ids and idempotency keys. */
  jobs?: readonly string[];
  /** Replaces `Prefer` at random. */
  prefer?: string;
}

/** JSON that JavaScript does not generate, or that contains inherited property names. */
const sly = fc.constantFrom(
  '{',
  '[',
  '"',
  '{"a":1,}',
  'undefined',
  '\ufeff{}',
  '{}{}',
  '1e999',
  '-',
  'nul',
  '\0',
  '{"__proto__":{"polluted":true}}',
  '{"amount":5,"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"amount":5,"amount":6}',
  '{"amount":5e0,"toString":null,"hasOwnProperty":1}',
  '{"amount":1E400}',
  '{"amount":0.1e1}',
  '{"amount":99999999999999999999999}',
  '{"title":"\\ud800"}',
  '{"title":"\\u0000"}',
);

const nested = fc
  .tuple(fc.constantFrom(3, 3000, 100_000), fc.constantFrom(['[', ']'], ['{"a":', '}']))
  .map(([depth, [open = '', close = '']]) => `${open.repeat(depth)}1${close.repeat(depth)}`);

/** Random bytes, mostly not valid UTF-8. */
const bytes = fc.uint8Array({ maxLength: 200 }).map((each) => Uint8Array.from(each));

function bodyOf(operation: Operation, schemas: Schemas): fc.Arbitrary<RandomRequest['body']> {
  const right = fitting(operation.body ?? { type: 'object' }, schemas);
  const asText = (values: fc.Arbitrary<unknown>) => values.map((each) => JSON.stringify(each));
  return fc.oneof(
    { weight: 6, arbitrary: asText(right) },
    { weight: 4, arbitrary: asText(bent(right)) },
    { weight: 2, arbitrary: asText(anyJson) },
    { weight: 2, arbitrary: fc.oneof(sly, nested, anyText) },
    { weight: 1, arbitrary: bytes },
    { weight: operation.body ? 1 : 10, arbitrary: fc.constant(undefined) },
  );
}

/** Text that the client can send in a header. */
const headerText = anyText.map((value) =>
  value
    .replaceAll(/[^\t\x20-\x7e\xa0-\xff]/g, '')
    .slice(0, 3000)
    .trim(),
);

/** Most requests omit random headers: otherwise almost no request would pass the first check. */
const seldom = <Value>(arbitrary: fc.Arbitrary<Value>, weight = 1) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight, arbitrary });

const prefer = fc.oneof(
  fc.constantFrom('wait=0', 'respond-async, wait=0', 'wait=-1', 'wait=x', 'wait=99999999999'),
  headerText,
);
const idempotencyKey = fc.oneof(
  fc.uuid(),
  fc.constantFrom('one', '"one"', '"', '""', '"a\\', '"a\\"b"', 'ü', 'k'.repeat(256), '', '\t'),
  headerText,
);
const contentType = fc.oneof(
  fc.constantFrom('application/json; charset=utf-16', 'application/problem+json', 'text/plain', ''),
  headerText,
);

const headersWith = ({ prefer: given }: RequestHints) =>
  fc
    .record({
      Prefer: given === undefined ? seldom(prefer) : fc.constant(given),
      'Idempotency-Key': seldom(idempotencyKey, 5),
      'Queue-Token': seldom(headerText),
      'If-None-Match': seldom(fc.oneof(fc.constantFrom('*', 'W/"x"', '"x", "y"'), headerText), 3),
      'Content-Type': seldom(contentType),
      'Last-Event-ID': seldom(headerText),
      Accept: seldom(headerText),
      'Accept-Encoding': seldom(fc.oneof(fc.constantFrom('gzip;q=x', '*;q=0'), headerText)),
    })
    .map((all) =>
      Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
    )
    .map((sent) => sent as Record<string, string>);

/** Percent-encoded. Half a surrogate pair has no encoding, so it is sent as invalid bytes. */
function asSegment(value: string): string {
  const encoded = value.isWellFormed() ? encodeURIComponent(value) : '%ED%A0%80';
  return encoded === '' || encoded === '.' || encoded === '..' ? '%20' : encoded.slice(0, 3000);
}

/** Valid values first, then invalid ones. Ids of existing rows are small numbers. */
function segmentFor({ schema }: Parameter, { jobs = [] }: RequestHints): fc.Arbitrary<string> {
  const numbers = fc.integer({ min: 1, max: 12 }).map(String);
  return fc
    .oneof(
      { weight: 8, arbitrary: schema.type === 'string' ? fc.constantFrom('1', ...jobs) : numbers },
      { weight: 2, arbitrary: fc.oneof(anyText, anyNumber.map(String)) },
    )
    .map(asSegment);
}

const strangeQuery = fc.constantFrom(
  'surprise=1',
  '&&',
  '=',
  'limit=1&limit=2',
  'cursor[]=1',
  '%',
  '%ZZ',
  '__proto__=1',
  '?',
  '+',
);

function queryOf(
  { parameters }: Operation,
  { schemas, jobs = [] }: RequestHints,
): fc.Arbitrary<string> {
  const known = parameters.filter((each) => each.in === 'query');
  const pairs = known.map(({ name, schema }) =>
    fc
      .oneof(
        { weight: 4, arbitrary: fitting(schema, schemas) },
        { weight: 2, arbitrary: fc.oneof(anyText, anyNumber) },
        { weight: 1, arbitrary: fc.constantFrom('1', ...jobs) },
      )
      .map((value) => `${name}=${asSegment(String(value))}`),
  );
  return fc
    .tuple(...pairs.map((pair) => fc.option(pair, { nil: '', freq: 2 })), seldom(strangeQuery))
    .map((parts) => parts.filter((part) => part !== '' && part !== undefined).join('&'));
}

/** Random requests for one operation. */
export function requestsFor(
  operation: Operation,
  hints: RequestHints,
): fc.Arbitrary<RandomRequest> {
  const inPath = operation.parameters.filter((each) => each.in === 'path');
  return fc
    .record({
      segments: fc.tuple(...inPath.map((each) => segmentFor(each, hints))),
      query: queryOf(operation, hints),
      headers: headersWith(hints),
      body: operation.method === 'GET' ? fc.constant(undefined) : bodyOf(operation, hints.schemas),
    })
    .map(({ segments, query, headers, body }) => {
      const path = inPath.reduce(
        (filled, { name }, place) => filled.replace(`{${name}}`, () => segments[place] as string),
        operation.path,
      );
      return { path: query === '' ? path : `${path}?${query}`, headers, body };
    });
}
