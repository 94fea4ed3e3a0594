/** The route of a command: it accepts the command and responds with its job. */
import type { z } from 'zod';
import type { Command } from '../../commands/command.ts';
import { defineRoute, type Fields, type Route, type RouteRequest } from '../route.ts';
import { jobSchema } from '../schemas.ts';
import { acceptCommand, type JobDeps } from './accept-command.ts';

/** The response to a command whose outcome has not arrived within the wait. */
export const accepted = {
  status: 202,
  schema: jobSchema,
  description: 'The command was accepted. Poll its job at `Location` after `Retry-After` seconds.',
} as const;

type Request<Params extends Fields, Query extends Fields, Body extends Fields> = RouteRequest<
  z.infer<Params>,
  z.infer<Query>,
  z.infer<Body>
>;

type Described<
  Params extends Fields,
  Query extends Fields,
  Body extends Fields,
  Input extends object,
> = Omit<Route<Params, Query, Body>, 'response' | 'outcome' | 'handle'> & {
  command: Command<string, Input>;
  /** The result as responses show it, if it is not as the command declares it: job-resource.ts completes it. */
  outcome?: z.ZodType;
};

interface WithInput<Asked, Input extends object> {
  /** Makes the input from the request, or throws a problem; by default it is the fields of the path and of the body. */
  inputOf: (request: Asked) => Input | Promise<Input>;
}

/** Whether the fields of the path and of the body are the input; otherwise `inputOf` must be given. */
type FieldsAre<Params extends Fields, Body extends Fields, Input> = [
  z.infer<Params> & z.infer<Body>,
] extends [Input]
  ? true
  : false;

/** Defines a route whose requests are commands. It infers the types of `inputOf` from the schemas. */
export function commandRoute<
  Params extends Fields,
  Query extends Fields,
  Body extends Fields,
  Input extends object,
>(
  deps: JobDeps,
  route: Described<Params, Query, Body, Input> &
    (FieldsAre<Params, Body, Input> extends true
      ? Partial<WithInput<Request<Params, Query, Body>, Input>>
      : WithInput<Request<Params, Query, Body>, Input>),
): Route {
  type Given = Described<Params, Query, Body, Input> &
    Partial<WithInput<Request<Params, Query, Body>, Input>>;
  const { command, outcome = command.result, inputOf, ...described } = route as Given;
  return defineRoute<Params, Query, Body>({
    ...described,
    response: accepted,
    outcome,
    async handle(request) {
      const { params, body } = request;
      const input = inputOf ? await inputOf(request) : ({ ...params, ...body } as object as Input);
      return acceptCommand(deps, { ...request, command, input });
    },
  });
}
