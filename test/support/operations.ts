/** The API's operations as its own document lists them, for tests that walk all of them. */
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
  method: string;
  /** As the document writes it: `/concerts/{concertId}`. */
  path: string;
  needsToken: boolean;
  /** 403 `FORBIDDEN` is among its answers. */
  isAdmin: boolean;
  needsQueueToken: boolean;
  isCommand: boolean;
  parameters: Parameter[];
  body: Schema | undefined;
}

interface Documented {
  security?: object[];
  parameters?: Parameter[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
  responses: Record<string, { description: string }>;
}

/** Reads `/openapi.json`. @returns its operations, and what `$ref` points to */
export async function readOperations(
  client: TestClient,
): Promise<{ operations: Operation[]; schemas: Record<string, Schema> }> {
  const { body } = await client.request('GET', '/openapi.json');
  const paths = Object.entries(body.paths as Record<string, Record<string, Documented>>);
  const operations = paths.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]) => toOperation(method, path, documented)),
  );
  return { operations, schemas: body.components?.schemas ?? {} };
}

function toOperation(method: string, path: string, documented: Documented): Operation {
  const { security = [], parameters = [], requestBody, responses } = documented;
  const codes = (status: string) => responses[status]?.description ?? '';
  return {
    method: method.toUpperCase(),
    path,
    needsToken: security.length > 0,
    isAdmin: codes('403').includes('FORBIDDEN'),
    needsQueueToken: codes('403').includes('QUEUE_TOKEN_REQUIRED'),
    isCommand: '202' in responses,
    parameters,
    body: requestBody?.content['application/json'].schema,
  };
}

/** The path with every parameter replaced by something that could be there. */
export function pathOf({ path, parameters }: Operation, id: string | number = 1): string {
  const filled = path.replaceAll(/\{\w+\}/g, String(id));
  const wanted = parameters.filter((each) => each.in === 'query' && each.name === 'idempotencyKey');
  return wanted.length > 0 ? `${filled}?idempotencyKey=none` : filled;
}
