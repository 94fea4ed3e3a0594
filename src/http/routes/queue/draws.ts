/** Routes by which operators announce, move and cancel draws. */
import { z } from 'zod';
import { announceDraw, drawBody } from '../../../commands/queue/announce-draw.ts';
import { cancelDraw } from '../../../commands/queue/cancel-draw.ts';
import { moveDraw } from '../../../commands/queue/move-draw.ts';
import { acceptCommand, type JobDeps } from '../../jobs/accept-command.ts';
import { pathId } from '../../request.ts';
import { defineRoute, type Route } from '../../route.ts';
import { accepted } from '../shared-responses.ts';

const concertPath = z.object({ concertId: pathId });
export function drawRoutes(deps: JobDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/concerts/{concertId}/draw',
      operationId: 'announceDraw',
      tag: 'draws',
      summary: 'Announce a draw of the order of waiting users',
      access: 'admin',
      params: concertPath,
      body: drawBody,
      response: accepted,
      outcome: announceDraw.result,
      problems: [
        'CONCERT_NOT_FOUND',
        'DRAW_ALREADY_ANNOUNCED',
        'DRAW_ALREADY_GATHERING',
        'DRAW_IN_THE_PAST',
        'DRAW_TOO_SOON',
        'DRAW_TOO_FAR_AHEAD',
      ],
      handle: (request) =>
        acceptCommand(deps, {
          ...request,
          command: announceDraw,
          input: { ...request.params, ...request.body },
        }),
    }),
    defineRoute({
      method: 'put',
      path: '/concerts/{concertId}/draw',
      operationId: 'moveDraw',
      tag: 'draws',
      summary: 'Move a draw that has not started',
      description:
        'The seed stays. Once `gathersAt` is over, only `opensAt` can be changed. A changed `opensAt` must be at least ten minutes ahead.',
      access: 'admin',
      params: concertPath,
      body: drawBody,
      response: accepted,
      outcome: moveDraw.result,
      problems: [
        'CONCERT_NOT_FOUND',
        'DRAW_NOT_FOUND',
        'DRAW_ALREADY_STARTED',
        'DRAW_ALREADY_GATHERING',
        'DRAW_IN_THE_PAST',
        'DRAW_TOO_SOON',
        'DRAW_TOO_FAR_AHEAD',
      ],
      handle: (request) =>
        acceptCommand(deps, {
          ...request,
          command: moveDraw,
          input: { ...request.params, ...request.body },
        }),
    }),
    defineRoute({
      method: 'delete',
      path: '/concerts/{concertId}/draw',
      operationId: 'cancelDraw',
      tag: 'draws',
      summary: 'Cancel a draw that has not started',
      description:
        'Users keep their numbers, and admission continues. Another draw can be announced. If users had begun to gather, it has the same seed, and only users who enter after the cancellation take part. `GET /draws/{drawId}` still shows the cancelled one.',
      access: 'admin',
      params: concertPath,
      response: accepted,
      outcome: cancelDraw.result,
      problems: ['CONCERT_NOT_FOUND', 'DRAW_NOT_FOUND', 'DRAW_ALREADY_STARTED'],
      handle: (request) =>
        acceptCommand(deps, { ...request, command: cancelDraw, input: request.params }),
    }),
  ];
}
