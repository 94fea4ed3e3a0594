/** Checks that a response is a refusal in the form of the contract (RFC 9457). */
import { expect } from 'vitest';
import type { Answer } from './client.ts';

export function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.body).toMatchObject({ status, code });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const { type, title, detail } = answer.body;
  for (const text of [type, title, detail]) expect(text).toEqual(expect.stringMatching(/./));
  expect(JSON.stringify(answer.body)).not.toMatch(/\.ts:|node_modules|\\n {4}at /);
}
