/**
 * Holds every answer that a test's client receives against `/openapi.json`: status, headers and body. An undocumented
 * status, header or field fails the test that received it.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApiDocument } from '../../../src/http/openapi/document.ts';
import { type ApiRouteDeps, apiRoutes } from '../../../src/http/routes/index.ts';

interface Documented {
  headers?: Record<string, { required: boolean; schema: object }>;
  content?: Record<string, { schema: object }>;
}

interface Operation {
  responses: Record<string, Documented>;
}

export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

export interface ReceivedAnswer {
  status: number;
  headers: Headers;
  /** Parsed if it is JSON. */
  body: unknown;
}

/** The document of an API with everything enabled. Routes use their dependencies only when they are called. */
export function openApi(): OpenApi {
  const deps = {
    isDevIssuerOn: true,
    adminLogin: { username: 'admin', password: '' },
    health: {},
    webhooks: {},
  } as unknown as ApiRouteDeps;
  return JSON.parse(JSON.stringify(openApiDocument(apiRoutes(deps), 'test')));
}

/** Headers with a meaning for clients: each must be documented. */
const NAMED_HEADERS = [
  'Location',
  'Retry-After',
  'ETag',
  'Preference-Applied',
  'WWW-Authenticate',
  'Link',
];

class DocumentedApi {
  readonly #document = openApi();
  readonly #ajv = makeAjv(this.#document);
  readonly #validators = new Map<object, ValidateFunction>();
  readonly #operations = Object.entries(this.#document.paths).map(([path, methods]) => ({
    // `/concerts/bookings` goes before `/concerts/{concertId}`.
    isTemplate: path.includes('{'),
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    methods,
  }));

  /** The mismatch of a response; undefined if it matches the document, or if its path is not documented. */
  faultOf(method: string, pathAndQuery: string, answer: ReceivedAnswer): string | undefined {
    const { status, headers, body } = answer;
    const type = headers.get('content-type')?.split(';')[0];
    const isProblem = type === 'application/problem+json';
    const responses = this.#responsesOf(method, pathAndQuery);
    // Node refuses headers that are too long before the API sees the request.
    if (status === 431) return undefined;
    if (!responses || status === 405 || codeOf(body) === 'NOT_FOUND') {
      return isProblem && method !== 'HEAD' ? this.#faultOfBody(PROBLEM, body) : undefined;
    }
    const documented = responses[status];
    if (!documented) return `status ${status} is not documented`;
    const fault = faultOfHeaders(documented, headers);
    if (fault !== undefined || method === 'HEAD') return fault;
    if (!documented.content) return body === '' ? undefined : 'a body is not documented';
    const content = documented.content[type ?? ''];
    if (!content) return `content type ${type} is not documented`;
    return type?.endsWith('json') ? this.#faultOfBody(content.schema, body) : undefined;
  }

  #responsesOf(method: string, pathAndQuery: string): Operation['responses'] | undefined {
    const [path = ''] = pathAndQuery.split('?');
    const name = method === 'HEAD' ? 'get' : method.toLowerCase();
    return this.#operations
      .filter(({ pattern, methods }) => pattern.test(path) && name in methods)
      .toSorted((a, b) => Number(a.isTemplate) - Number(b.isTemplate))[0]?.methods[name]?.responses;
  }

  #faultOfBody(schema: object, body: unknown): string | undefined {
    const validate = this.#validators.get(schema) ?? this.#ajv.compile(inDocument(schema));
    this.#validators.set(schema, validate);
    return validate(body) ? undefined : this.#ajv.errorsText(validate.errors, { dataVar: 'body' });
  }
}

const codeOf = (body: unknown) => (body as { code?: unknown } | null)?.code;

const PROBLEM = { $ref: '#/components/schemas/Problem' };

/** Makes references point to the document that `makeAjv` has added. */
function inDocument(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"openapi#'));
}

/** A validator with the components of the document that refuses undocumented fields. */
export function makeAjv(document: OpenApi): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const { schemas } = document.components;
  closeObjects(schemas);
  closeObjects(document.paths);
  ajv.addSchema({ $id: 'openapi', components: { schemas } });
  return ajv;
}

/** Refuses undocumented fields unless the document allows them. */
function closeObjects(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const schema = node as { properties?: object; additionalProperties?: unknown };
  if (schema.properties && !('additionalProperties' in schema)) schema.additionalProperties = false;
  for (const child of Object.values(node)) closeObjects(child);
}

function faultOfHeaders({ headers: documented = {} }: Documented, headers: Headers) {
  for (const [name, { required, schema }] of Object.entries(documented)) {
    const value = headers.get(name);
    if (value === null && required) return `the header ${name} is missing`;
    const isWhole = (schema as { type: string }).type === 'integer';
    if (value !== null && isWhole && !/^\d+$/.test(value)) return `${name} is ${value}`;
  }
  const extra = NAMED_HEADERS.find((name) => headers.has(name) && !(name in documented));
  return extra && `the header ${extra} is not documented`;
}

/** Compiled once per process. */
let shared: DocumentedApi | undefined;

/** @throws Error with the difference between the response and `/openapi.json` */
export function expectDocumented(method: string, path: string, answer: ReceivedAnswer): void {
  shared ??= new DocumentedApi();
  const fault = shared.faultOf(method, path, answer);
  if (fault === undefined) return;
  const text = JSON.stringify(answer.body).slice(0, 500);
  throw new Error(
    `${method} ${path} answers ${answer.status} otherwise than /openapi.json documents: ${fault}. Body: ${text}`,
  );
}
