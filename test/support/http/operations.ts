/** The API's operations as its document lists them, for tests of all operations. */
import type { TestClient } from './client.ts';

export interface Schema {
  type?: string | string[];
  [keyword: string]: unknown;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  schema: Schema;
}

export interface Operation {
  /** `POST /concerts/{concertId}/schedules`, as the contract writes it. */
  name: string;
  /** Its `operationId`. */
  id: string;
  method: string;
  /** As the document writes it: `/concerts/{concertId}`. */
  path: string;
  /** Every documented security alternative requires an access token. */
  needsToken: boolean;
  /** Every documented security alternative requires the operators' login. */
  needsLogin: boolean;
  /** Every documented security alternative requires a role. */
  isAdmin: boolean;
  needsQueueToken: boolean;
  isCommand: boolean;
  parameters: Parameter[];
  body: Schema | undefined;
  /** Problem codes by status; none for a success. */
  answers: Readonly<Record<string, readonly string[]>>;
}

export type Schemas = Readonly<Record<string, Schema>>;

interface Documented {
  operationId: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
  responses: Record<string, { description: string }>;
}

/** Reads `/openapi.json`. @returns its operations, and what `$ref` points to */
export async function readOperations(
  client: TestClient,
): Promise<{ operations: Operation[]; schemas: Schemas }> {
  const { body } = await client.request('GET', '/openapi.json');
  const paths = Object.entries(body.paths as Record<string, Record<string, Documented>>);
  const operations = paths.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]) => toOperation(method, path, documented)),
  );
  return { operations, schemas: body.components?.schemas ?? {} };
}

function toOperation(method: string, path: string, documented: Documented): Operation {
  const { operationId: id, security = [], parameters = [], requestBody, responses } = documented;
  const answers = Object.fromEntries(
    Object.entries(responses).map(([status, { description }]) => [status, codesIn(description)]),
  );
  return {
    id,
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    // An empty object among them means that no authentication is needed.
    needsToken: security.length > 0 && security.every((way) => 'accessToken' in way),
    needsLogin: security.length > 0 && security.every((way) => 'login' in way),
    isAdmin: security.length > 0 && security.every(({ accessToken }) => accessToken?.length),
    needsQueueToken: answers['403']?.includes('QUEUE_TOKEN_REQUIRED') ?? false,
    isCommand: '202' in responses,
    parameters,
    body: requestBody?.content['application/json'].schema,
    answers,
  };
}

function codesIn(description: string): string[] {
  return [...description.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code as string);
}

/** The path with every parameter replaced by a plausible value. */
export function pathOf({ path, parameters }: Operation, id: string | number = 1): string {
  const filled = path.replaceAll(/\{\w+\}/g, String(id));
  const wanted = parameters.filter((each) => each.in === 'query' && each.name === 'idempotencyKey');
  return wanted.length > 0 ? `${filled}?idempotencyKey=none` : filled;
}
