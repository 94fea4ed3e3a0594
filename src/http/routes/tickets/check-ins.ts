/** Routes of the entrance: let the holder of a ticket in, and count who has entered. */
import { z } from 'zod';
import { entered } from '../../../commands/schemas/tickets.ts';
import { checkIn, gate, scannedAt } from '../../../commands/tickets/check-in.ts';
import type { Caller } from '../../auth/access-tokens.ts';
import type { JobDeps } from '../../jobs/accept-command.ts';
import { commandRoute } from '../../jobs/command-route.ts';
import { Problem } from '../../problems/problems.ts';
import { pathId } from '../../request.ts';
import { respondJson } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { EnteredCounts } from '../../tickets/entered-counts.ts';
import type { TicketCodes } from '../../tickets/ticket-codes.ts';

const schedulePath = z.object({ scheduleId: pathId });

/** Any text that a scanner may read, so that a code that is not ours gets the code TICKET_INVALID. Some scanners add a line end or a space. */
const scanned = z
  .string()
  .max(4096)
  .trim()
  .meta({ description: 'What the scanner has read. Whitespace around the code is ignored.' });

export interface CheckInRouteDeps extends JobDeps {
  enteredCounts: EnteredCounts;
  ticketCodes: TicketCodes;
}

export function checkInRoutes(deps: CheckInRouteDeps): Route[] {
  return [
    commandRoute(deps, {
      command: checkIn,
      method: 'post',
      path: '/concerts/schedules/{scheduleId}/check-ins',
      operationId: 'checkIn',
      tag: 'tickets',
      summary: 'Let the holder of a ticket in, once',
      description:
        'A retry with the same `Idempotency-Key` gets the same outcome. `TICKET_ALREADY_USED` says when (`at`) and where (`gate`). A gate that has let the holder in without a network says when, in `scannedAt`; if that is refused, operators find it in `GET …/refused-scans`.',
      access: 'gate',
      params: schedulePath,
      body: z.strictObject({
        code: scanned,
        gate,
        scannedAt: scannedAt.meta({ type: 'string', format: 'date-time' }),
      }),
      problems: [
        'TICKET_INVALID',
        'TICKET_WRONG_SCHEDULE',
        'TICKET_REVOKED',
        'TICKET_ALREADY_USED',
      ],
      inputOf({ body, params, caller }) {
        demandSchedule(caller, params.scheduleId);
        const read = deps.ticketCodes.read(body.code);
        if (!read) {
          const detail = 'The text is not the code of a ticket, or its signature is not ours.';
          throw new Problem('TICKET_INVALID', { detail });
        }
        const late = body.scannedAt !== undefined && { scannedAt: body.scannedAt };
        return { ...params, ticketId: read.ticketId, ...late, gate: body.gate };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/schedules/{scheduleId}/check-ins',
      operationId: 'countCheckIns',
      tag: 'tickets',
      summary: 'Count the sold places of a schedule, and the tickets that were used',
      description: 'Beyond 2,000 sold places the counts may be a second old.',
      access: 'gate',
      params: schedulePath,
      response: { status: 200, schema: entered, description: 'The counts.' },
      problems: ['SCHEDULE_NOT_FOUND'],
      async handle({ caller, params: { scheduleId } }) {
        demandSchedule(caller, scheduleId);
        const counted = await deps.enteredCounts.of(scheduleId);
        if (counted) return respondJson(counted);
        const detail = `Schedule ${scheduleId} does not exist.`;
        throw new Problem('SCHEDULE_NOT_FOUND', { detail });
      },
    }),
  ];
}

/** @throws Problem FORBIDDEN if the token is for the gates of another performance */
function demandSchedule(caller: Caller, scheduleId: number): void {
  if (caller.scheduleId === undefined || caller.scheduleId === scheduleId) return;
  const detail = `This access token is for the gates of schedule ${caller.scheduleId}.`;
  throw new Problem('FORBIDDEN', { detail });
}
