/** Routes by which operators announce, move and cancel draws. */
import { z } from 'zod';
import { announceDraw, drawBody } from '../../../commands/queue/announce-draw.ts';
import { cancelDraw } from '../../../commands/queue/cancel-draw.ts';
import { moveDraw } from '../../../commands/queue/move-draw.ts';
import type { JobDeps } from '../../jobs/accept-command.ts';
import { commandRoute } from '../../jobs/command-route.ts';
import { pathId } from '../../request.ts';
import type { Route } from '../../route.ts';

const concertPath = z.object({ concertId: pathId });

export function drawRoutes(deps: JobDeps): Route[] {
  return [
    commandRoute(deps, {
      command: announceDraw,
      method: 'post',
      path: '/concerts/{concertId}/draw',
      operationId: 'announceDraw',
      tag: 'draws',
      summary: 'Announce a draw of the order of waiting users',
      description:
        'A concert has one draw in a queue, and the draws of a queue follow each other: the times must not overlap those of another draw that is not held yet.',
      access: 'admin',
      params: concertPath,
      body: drawBody,
      problems: [
        'CONCERT_NOT_FOUND',
        'DRAW_ALREADY_ANNOUNCED',
        'DRAW_ALREADY_GATHERING',
        'DRAW_IN_THE_PAST',
        'DRAW_TOO_SOON',
        'DRAW_TOO_FAR_AHEAD',
      ],
    }),
    commandRoute(deps, {
      command: moveDraw,
      method: 'put',
      path: '/concerts/{concertId}/draw',
      operationId: 'moveDraw',
      tag: 'draws',
      summary: 'Move a draw that has not started',
      description:
        'The seed stays. Once `gathersAt` is over, only `opensAt` can be changed. A changed `opensAt` must be at least ten minutes ahead. The times must not overlap those of another draw of the queue that is not held yet.',
      access: 'admin',
      params: concertPath,
      body: drawBody,
      problems: [
        'CONCERT_NOT_FOUND',
        'DRAW_NOT_FOUND',
        'DRAW_ALREADY_STARTED',
        'DRAW_ALREADY_ANNOUNCED',
        'DRAW_ALREADY_GATHERING',
        'DRAW_IN_THE_PAST',
        'DRAW_TOO_SOON',
        'DRAW_TOO_FAR_AHEAD',
      ],
    }),
    commandRoute(deps, {
      command: cancelDraw,
      method: 'delete',
      path: '/concerts/{concertId}/draw',
      operationId: 'cancelDraw',
      tag: 'draws',
      summary: 'Cancel a draw that has not started',
      description:
        'Users keep their numbers, and admission continues. Another draw can be announced. If users had begun to gather, it has the same seed, and only users who enter after the cancellation take part. `GET /draws/{drawId}` still shows the cancelled one.',
      access: 'admin',
      params: concertPath,
      problems: ['CONCERT_NOT_FOUND', 'DRAW_NOT_FOUND', 'DRAW_ALREADY_STARTED'],
    }),
  ];
}
