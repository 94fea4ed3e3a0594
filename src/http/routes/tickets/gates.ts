/** Routes with which operators open gates, and read which scans were refused too late. */
import { z } from 'zod';
import { gateSession, refusedScan } from '../../../commands/schemas/gates.ts';
import { id } from '../../../commands/schemas/values.ts';
import { openGate } from '../../../commands/tickets/open-gate.ts';
import type { Database } from '../../../db/connection/orm.ts';
import { listRefusedScans } from '../../../db/reads/tickets/refused-scans.ts';
import type { AccessTokens } from '../../auth/access-tokens.ts';
import type { JobDeps } from '../../jobs/accept-command.ts';
import { commandRoute } from '../../jobs/command-route.ts';
import { Problem } from '../../problems/problems.ts';
import { fromCursor, pageQuery, toPage } from '../../reads/pagination.ts';
import { pathId } from '../../request.ts';
import { respondJson, respondText } from '../../respond.ts';
import { defineRoute, type Route } from '../../route.ts';
import { QrCodes } from '../../tickets/qr.ts';
import { pageOf } from '../shared-responses.ts';

/** The address of a gate with its token has about 500 characters; a QR code of 2000 bytes can still be scanned. */
const QR_TEXT_LENGTH_MAX = 2000;
const QR_BYTES_MAX = 2331;

export interface GateRouteDeps extends JobDeps {
  orm: Database;
  accessTokens: AccessTokens;
}

export function gateRoutes(deps: GateRouteDeps): Route[] {
  const { orm, accessTokens } = deps;
  const qrCodes = new QrCodes();
  return [
    commandRoute(deps, {
      command: openGate,
      method: 'post',
      path: '/admin/gate-sessions',
      operationId: 'openGate',
      tag: 'operators',
      summary: 'Open a gate of a performance, and get an access token for its phone',
      description:
        'The token has the role `gate`, for this performance alone, and lasts twelve hours. Opening the same gate again gives a new token with the same subject.',
      access: 'admin',
      body: openGate.input,
      outcome: gateSession,
      problems: ['TOKENS_ISSUED_ELSEWHERE', 'SCHEDULE_CANCELLED', 'SCHEDULE_NOT_FOUND'],
      inputOf({ body }) {
        if (!accessTokens.canIssue) {
          const detail =
            'An identity provider issues the access tokens: get one with the role `gate` there, and paste it into the page of the gate.';
          throw new Problem('TOKENS_ISSUED_ELSEWHERE', { detail });
        }
        return body;
      },
    }),
    defineRoute({
      method: 'post',
      path: '/admin/qr.svg',
      operationId: 'drawQrCode',
      tag: 'operators',
      summary: 'Draw a text as a QR code',
      description:
        'For addresses that hold a token. It is a POST because the text must be in no address, and so in no log.',
      access: 'admin',
      body: z.strictObject({
        text: z
          .string()
          .min(1)
          .max(QR_TEXT_LENGTH_MAX)
          .refine((text) => Buffer.byteLength(text) <= QR_BYTES_MAX, {
            error: `must not have more than ${QR_BYTES_MAX} bytes`,
          }),
      }),
      response: {
        status: 200,
        type: 'image/svg+xml',
        schema: z.string(),
        description: 'The QR code, with its margin.',
      },
      async handle({ body: { text } }) {
        return respondText(await qrCodes.svgOf(text), 'image/svg+xml');
      },
    }),
    defineRoute({
      method: 'get',
      path: '/concerts/schedules/{scheduleId}/refused-scans',
      operationId: 'listRefusedScans',
      tag: 'operators',
      summary:
        'List the scans that were refused after the gate had let the holder in, newest first',
      description:
        'A gate without a network lets the holder of a ticket in and sends the scan later. If it is refused then, somebody is inside with a ticket that was used elsewhere or refunded.',
      access: 'admin',
      params: z.object({ scheduleId: pathId }),
      query: z.strictObject(pageQuery),
      response: { status: 200, schema: pageOf(refusedScan), description: 'A page of scans.' },
      async handle({ params: { scheduleId }, query: { limit, cursor } }) {
        const before = fromCursor(cursor, z.tuple([id]))?.[0];
        const found = await listRefusedScans(orm, { scheduleId, before, limit });
        return respondJson(
          toPage(found, limit, { item: (scan) => scan, key: (scan) => [scan.id] }),
        );
      },
    }),
  ];
}
