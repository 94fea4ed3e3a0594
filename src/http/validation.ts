/** Validates values against schemas, and turns the errors into a problem of bounded size. */
import type { z } from 'zod';
import { Problem } from './problems/problems.ts';

/** Errors listed in one response. */
const ERRORS_MAX = 10;
/** Characters of an error's path; limited because field names come from the client. */
const PATH_LENGTH_MAX = 100;

export interface ValidationError {
  /** Names the field, such as `seats.0.price`; '' stands for the whole value. */
  path: string;
  message: string;
}

/** The part of a request that is invalid. */
type Where = 'body' | 'path' | 'query' | 'request';

type Issue = z.core.$ZodIssue;

/**
 * Validates `value` against a schema.
 * @returns the value as the schema transforms it
 * @throws Problem VALIDATION_FAILED with the first ten errors
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: Where,
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(where, errorsOf(parsed.error.issues, []));
}

/** The problem for an invalid request, with the first ten errors; its detail names the first. @param errors at least one */
export function invalid(where: Where, errors: Iterable<ValidationError>): Problem {
  const shown: ValidationError[] = [];
  for (const { path, message } of errors) {
    shown.push({ path: cut(path), message });
    if (shown.length === ERRORS_MAX) break;
  }
  const [{ path, message }] = shown as [ValidationError];
  const detail = `The ${where} is not valid${path && ` at \`${path}\``}: ${message}.`;
  return new Problem('VALIDATION_FAILED', { detail, errors: shown });
}

function* errorsOf(
  issues: readonly Issue[],
  parents: readonly PropertyKey[],
): Generator<ValidationError> {
  for (const issue of issues) {
    const path = [...parents, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) yield { path: toText([...path, key]), message: UNKNOWN };
    } else if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      yield* errorsOf(closest(issue.errors), path);
    } else {
      yield { path: toText(path), message: issue.message };
    }
  }
}

const UNKNOWN = 'is not a known field';
const toText = (path: readonly PropertyKey[]) => path.map(String).join('.');

/** The alternative of a union that the client probably meant: the one with the fewest invalid fields. */
function closest(alternatives: readonly (readonly Issue[])[]): readonly Issue[] {
  const [first = [], ...others] = alternatives;
  return others.reduce(
    (best, other) => (invalidFields(other) < invalidFields(best) ? other : best),
    first,
  );
}

function invalidFields(issues: readonly Issue[]): number {
  const unknown = issues.map((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys.length : 0,
  );
  const known = issues.flatMap(({ path: [field] }) => (field === undefined ? [] : [field]));
  return new Set(known).size + unknown.reduce((sum, count) => sum + count, 0);
}

function cut(path: string): string {
  if (path.length <= PATH_LENGTH_MAX) return path;
  return `${path.slice(0, PATH_LENGTH_MAX).toWellFormed()}…`;
}
