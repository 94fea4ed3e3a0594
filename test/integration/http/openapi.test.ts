/** The API description, and the page that shows it. */
import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commands } from '../../../src/commands/index.ts';
import { makeAjv, openApi } from '../../support/http/documented-api.ts';
import { startSeatlane, type TestSeatlane } from '../../support/services/seatlane.ts';

interface Operation {
  operationId?: string;
  summary?: string;
  security?: object[];
  parameters?: { name: string; in: string; required?: boolean; schema?: object }[];
  requestBody?: { content: Record<string, { schema?: object }> };
  responses: Record<string, { description?: string; content?: Record<string, object> }>;
}

const LINTER_RULES = {
  // `/concerts/bookings/schedules` could be two paths, but ids are numbers.
  'no-ambiguous-paths': 'off',
} as const;

let seatlane: TestSeatlane;
let document: {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, object>>;
};
beforeAll(async () => {
  seatlane = await startSeatlane({ workers: 0 });
  document = (await seatlane.client.request('GET', '/openapi.json')).body;
});
afterAll(() => seatlane.stop());

/** The contract's routes. `command`: can return 202; `queued`: requires a queue token. */
const ROUTES: [route: string, traits: string][] = [
  ['POST /auth/token', 'open body'],
  ['POST /users/queue', 'command'],
  ['GET /users/queue', ''],
  ['DELETE /users/queue', 'command'],
  ['POST /queues', 'command body'],
  ['GET /queues', 'open'],
  ['GET /queues/{queueId}', 'open'],
  ['POST /queues/{queueId}/entry', 'command'],
  ['GET /queues/{queueId}/entry', ''],
  ['DELETE /queues/{queueId}/entry', 'command'],
  ['GET /queues/{queueId}/admission', ''],
  ['POST /queues/{queueId}/admission', 'command body'],
  ['POST /concerts', 'command body'],
  ['GET /concerts', 'open'],
  ['GET /concerts/{concertId}', 'open'],
  ['POST /concerts/{concertId}/schedules', 'command body'],
  ['GET /concerts/{concertId}/schedules/bookable', 'queued'],
  ['GET /concerts/schedules/{scheduleId}/seats', 'queued'],
  ['POST /concerts/seats/{seatId}/book', 'command queued'],
  ['GET /concerts/bookings', ''],
  ['POST /concerts/bookings/{bookingId}/pay', 'command queued'],
  ['POST /orders', 'command queued body'],
  ['GET /orders', ''],
  ['GET /orders/{orderId}', ''],
  ['POST /orders/{orderId}/pay', 'command queued'],
  ['DELETE /orders/{orderId}', 'command body'],
  ['POST /concerts/schedules/{scheduleId}/cancel', 'command body'],
  ['GET /concerts/schedules/{scheduleId}/cancellation', ''],
  ['POST /concerts/schedules/{scheduleId}/cancellation/retry', 'command'],
  ['GET /concerts/schedules/{scheduleId}/sales', ''],
  ['GET /concerts/schedules/{scheduleId}/orders.csv', ''],
  ['GET /admin/users/{subject}', ''],
  ['POST /orders/{orderId}/checkout', 'command queued body'],
  ['POST /points/checkout', 'command body'],
  ['GET /checkouts/{checkoutId}', ''],
  ['POST /payments/{provider}/events', 'open body'],
  ['GET /points', ''],
  ['POST /points/charge', 'command body'],
  ['POST /points/use', 'command body'],
  ['GET /points/history', ''],
  ['GET /jobs', ''],
  ['GET /jobs/{id}', ''],
  ['GET /jobs/{id}/events', ''],
  ['GET /health/live', 'open'],
  ['GET /health/ready', 'open'],
  ['GET /health/serving', 'open'],
  ['GET /metrics', 'open'],
];

function operation(route: string): Operation {
  const [method = '', path = ''] = route.split(' ');
  const found = document.paths[path]?.[method.toLowerCase()];
  if (!found) throw new Error(`/openapi.json does not list ${route}.`);
  return found;
}

test('the page that shows the API description loads all files from this server', async () => {
  const { client } = seatlane;
  const page = await client.request('GET', '/docs');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  expect(page.body).not.toMatch(/https?:\/\//);
  const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file);
  expect(files.length).toBeGreaterThan(1);
  for (const file of files) {
    // A kept-alive connection would delay the shutdown of the process (see api.test.ts).
    const answer = await client.request('GET', file, { headers: { Connection: 'close' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(file.endsWith('css') ? /css/ : /javascript/);
    expect(answer.body.length).toBeGreaterThan(1000);
  }
});

test('the document is OpenAPI 3.1 and contains the version', () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(document.info).toMatchObject({ title: 'Seatlane', version: expect.stringMatching(/\d/) });
});

test.each(ROUTES)('the document describes %s (%s)', (route, traits) => {
  const { summary, security, parameters = [], requestBody, responses } = operation(route);
  const names = parameters.map(({ name }) => name);
  expect(summary).toMatch(/./);
  expect(Boolean(security?.length)).toBe(!traits.includes('open'));
  expect('202' in responses).toBe(traits.includes('command'));
  expect(names.includes('Idempotency-Key')).toBe(traits.includes('command'));
  expect(security?.some((way) => 'queueToken' in way) ?? false).toBe(traits.includes('queued'));
  expect(requestBody !== undefined).toBe(traits.includes('body'));
  expect('200' in responses).toBe(true);
  expect('401' in responses).toBe(!traits.includes('open'));
});

test('the document says that a booking cannot be cancelled while the payment page of its order is open', () => {
  const { responses } = operation('DELETE /concerts/bookings/{bookingId}');
  expect(responses['409']?.description).toContain('CHECKOUT_OPEN');
});

test('the document describes all path parameters as required, and only those', () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const { parameters = [] } of Object.values(methods)) {
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => name)).toEqual(named);
      expect(inPath.every(({ required, schema }) => required && schema)).toBe(true);
    }
  }
});

test('every response has a description, and every problem has the media type of problems', () => {
  const { paths } = document;
  const health = [paths['/health/ready']?.get, paths['/health/serving']?.get];
  for (const methods of Object.values(paths)) {
    for (const operation of Object.values(methods)) {
      for (const [status, { description, content = {} }] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^[2345]\d\d$/);
        expect(description).toMatch(/./);
        const isHealth = health.includes(operation) && status === '503';
        if (status >= '400' && !isHealth) {
          expect(Object.keys(content)).toEqual(['application/problem+json']);
        }
      }
    }
  }
});

test('every reference can be resolved', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(10);
  for (const [, reference = ''] of references) {
    const keys = reference.replace(/^#\//, '').split('/');
    const found = keys.reduce<unknown>(
      (at, key) => (at as Record<string, unknown> | undefined)?.[key],
      document,
    );
    expect(found, reference).toBeTypeOf('object');
  }
  const schemes = Object.keys(document.components.securitySchemes ?? {});
  expect(schemes).toEqual(['accessToken', 'queueToken', 'login']);
});

test('operation ids are unique, and a command’s operation id is its name', () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const ids = operations.map(({ operationId }) => operationId);
  for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/);
  expect(new Set(ids).size).toBe(ids.length);
  const ofCommands = operations.flatMap((each) =>
    '202' in each.responses ? each.operationId : [],
  );
  const toCamelCase = (name: string) =>
    name.replaceAll(/-./g, (dash) => dash.slice(1).toUpperCase());
  // Operators send these by the routes of `cancel-order` and `charge-points`, with a reason or a subject.
  const withRoutes = Object.values(commands)
    .filter(({ name, isInternal }) => !name.endsWith('-as-operator') && !isInternal)
    .map(({ name }) => name);
  // The routes with a queue in their path accept the same commands.
  const ofNamedQueues = ['enterQueueById', 'leaveQueueById', 'setQueueAdmission'];
  expect(ofCommands.toSorted()).toEqual(
    [...withRoutes.map(toCamelCase), ...ofNamedQueues].toSorted(),
  );
});

test('docs/outcomes.md names the commands that demand a queue token', () => {
  const page = readFileSync(new URL('../../../docs/outcomes.md', import.meta.url), 'utf8');
  const [, names = ''] = /^(`.*`) demand a queue token/m.exec(page) ?? [];
  const queued = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .filter(({ security = [], responses }) => {
      return '202' in responses && security.some((way) => 'queueToken' in way);
    })
    .map(({ operationId = '' }) =>
      operationId.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    );
  const named = [...names.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name);
  expect(named.toSorted()).toEqual(queued.toSorted());
});

test('the document passes the recommended rules of a linter', async () => {
  const config = await createConfig({ extends: ['recommended'], rules: LINTER_RULES });
  const source = JSON.stringify(document);
  const found = await lintFromString({ source, absoluteRef: 'openapi.json', config });
  const problems = found.map(({ ruleId, message, location }) => {
    return `${ruleId}: ${message} (${location.map(({ pointer }) => pointer).join()})`;
  });
  expect(problems).toEqual([]);
});

test('every example is valid according to its schema', () => {
  const ajv = makeAjv(openApi());
  const examples = schemasWithExamples(openApi());
  expect(examples.length).toBeGreaterThan(8);
  for (const schema of examples) {
    const text = JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"openapi#');
    const validate = ajv.compile(JSON.parse(text));
    expect(validate(schema.example), ajv.errorsText(validate.errors)).toBe(true);
  }
});

function schemasWithExamples(node: unknown): { example: unknown }[] {
  if (typeof node !== 'object' || node === null) return [];
  const below = Object.values(node).flatMap(schemasWithExamples);
  return 'example' in node && 'type' in node ? [node, ...below] : below;
}

test('the resources have the fields of the contract', () => {
  const fields = (name: string) =>
    Object.keys(
      (document.components.schemas?.[name] as { properties: object } | undefined)?.properties ?? {},
    );
  const contract: Record<string, string[]> = {
    QueueEntry: [
      'number',
      'enteredAt',
      'state',
      'position',
      'waiting',
      'estimatedWaitSeconds',
      'isWaitKnown',
      'waitingTicket',
      'queueToken',
      'expiresAt',
    ],
    Concert: ['id', 'title', 'description', 'createdAt'],
    Schedule: [
      'id',
      'concertId',
      'bookingStartAt',
      'bookingEndAt',
      'startAt',
      'endAt',
      'seatCount',
      'availableCount',
    ],
    Seat: ['id', 'section', 'row', 'number', 'price', 'state'],
    Booking: [
      'id',
      'concertId',
      'scheduleId',
      'seatId',
      'section',
      'row',
      'seatNumber',
      'price',
      'state',
      'holdExpiresAt',
      'createdAt',
      'orderId',
      'areaId',
    ],
    Order: [
      'id',
      'state',
      'concertId',
      'scheduleId',
      'queueId',
      'total',
      'holdExpiresAt',
      'bookings',
      'createdAt',
      'paidAt',
    ],
    Checkout: [
      'id',
      'orderId',
      'provider',
      'amount',
      'currency',
      'state',
      'redirectUrl',
      'expiresAt',
      'createdAt',
    ],
    Payment: ['id', 'bookingId', 'seatId', 'price', 'kind', 'balance', 'createdAt'],
    Job: ['id', 'command', 'state', 'result', 'problem', 'createdAt', 'finishedAt'],
    Problem: ['type', 'title', 'status', 'detail', 'code'],
  };
  for (const [name, expected] of Object.entries(contract)) {
    expect(fields(name), name).toEqual(expect.arrayContaining(expected));
  }
});
