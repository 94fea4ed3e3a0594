/** Sends invalid requests to every operation, and checks that each is refused and changes nothing. */
import { expect } from 'vitest';
import { exampleOf } from '../random/values.ts';
import type { Footprints } from '../services/footprint.ts';
import type { RequestOptions, TestClient } from './client.ts';
import { type Operation, pathOf, type Schemas } from './operations.ts';
import { expectProblem } from './problems.ts';

export interface Refused {
  client: TestClient;
  footprints: Footprints;
  operations: readonly Operation[];
  schemas: Schemas;
}

/**
 * Sends the same wrong request, with a body that fits, to all operations that `matching` picks.
 * @param send what is wrong with it
 */
export async function expectAllRefuse(
  { client, footprints, operations, schemas }: Refused,
  matching: (operation: Operation) => boolean,
  send: RequestOptions,
  [status, code]: readonly [status: number, code: string],
): Promise<void> {
  const chosen = operations.filter(matching);
  expect(chosen.length).toBeGreaterThan(1);
  const look = async () => ({ rows: await footprints.rows(), jobs: await footprints.jobs() });
  const before = await look();
  for (const operation of chosen) {
    const sent = { ...(operation.body && { body: exampleOf(operation.body, schemas) }), ...send };
    const answer = await client.request(operation.method, pathOf(operation), sent);
    expect(answer.body, operation.name).toMatchObject({ status, code });
    expectProblem(answer, status, code);
    const asksFor = answer.headers.get('www-authenticate');
    if (status === 401)
      expect(asksFor, operation.name).toMatch(code === 'LOGIN_REQUIRED' ? /^Basic/ : /^Bearer/);
    else expect(asksFor, operation.name).toBeNull();
  }
  expect(await look()).toEqual(before);
}
