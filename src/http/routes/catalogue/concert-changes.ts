/** Routes by which operators change concerts and their performances. */
import { z } from 'zod';
import { closeConcert, reopenConcert } from '../../../commands/concerts/close-concert.ts';
import { closeSchedule, reopenSchedule } from '../../../commands/concerts/close-schedule.ts';
import { concertChange, editConcert } from '../../../commands/concerts/edit-concert.ts';
import { editSchedule, scheduleChange } from '../../../commands/concerts/edit-schedule.ts';
import {
  IMAGE_TEXT_MAX,
  imageBody,
  setConcertImage,
} from '../../../commands/concerts/set-concert-image.ts';
import { operatorReason } from '../../../commands/orders/cancel-order-as-operator.ts';
import type { JobDeps } from '../../jobs/accept-command.ts';
import { commandRoute } from '../../jobs/command-route.ts';
import { pathId } from '../../request.ts';
import type { Route } from '../../route.ts';

const KILOBYTE = 1024;
const concertPath = z.object({ concertId: pathId });
const schedulePath = z.object({ scheduleId: pathId });
const closing = z.strictObject({ reason: operatorReason });
const CLOSING =
  'Its places can no longer be ordered. What is held can still be paid, and nothing is refunded.';

export function concertChangeRoutes(deps: JobDeps): Route[] {
  return [
    commandRoute(deps, {
      command: editConcert,
      method: 'put',
      path: '/concerts/{concertId}',
      operationId: 'editConcert',
      tag: 'operators',
      summary: 'Change what a concert says about itself; a missing field stays as it is',
      access: 'admin',
      params: concertPath,
      body: concertChange,
      bodyBytesMax: 128 * KILOBYTE,
      problems: ['CONCERT_NOT_FOUND'],
    }),
    commandRoute(deps, {
      command: setConcertImage,
      method: 'put',
      path: '/concerts/{concertId}/image',
      operationId: 'setConcertImage',
      tag: 'operators',
      summary: 'Give a concert its picture: a JPEG, PNG or WebP of at most 150 KiB, as base64',
      access: 'admin',
      params: concertPath,
      body: imageBody,
      bodyBytesMax: IMAGE_TEXT_MAX + KILOBYTE,
      problems: ['CONCERT_NOT_FOUND'],
    }),
    commandRoute(deps, {
      command: closeConcert,
      method: 'post',
      path: '/concerts/{concertId}/close',
      operationId: 'closeConcert',
      tag: 'operators',
      summary: 'Close the sale of a concert',
      description: CLOSING,
      access: 'admin',
      params: concertPath,
      body: closing,
      problems: ['CONCERT_NOT_FOUND'],
    }),
    commandRoute(deps, {
      command: reopenConcert,
      method: 'post',
      path: '/concerts/{concertId}/reopen',
      operationId: 'reopenConcert',
      tag: 'operators',
      summary: 'Open the sale of a concert again',
      access: 'admin',
      params: concertPath,
      problems: ['CONCERT_NOT_FOUND'],
    }),
    commandRoute(deps, {
      command: editSchedule,
      method: 'put',
      path: '/concerts/schedules/{scheduleId}',
      operationId: 'editSchedule',
      tag: 'operators',
      summary: 'Change the times of a performance; a missing field stays as it is',
      description:
        'Before its sale all times may change; afterwards only `bookingEndAt`, to a later time. An order that is accepted before the change keeps the times by which it was accepted.',
      access: 'admin',
      params: schedulePath,
      body: scheduleChange,
      problems: [
        'SCHEDULE_CANCELLED',
        'SCHEDULE_NOT_FOUND',
        'SALE_STARTED',
        'SCHEDULE_TIMES_INVALID',
      ],
    }),
    commandRoute(deps, {
      command: closeSchedule,
      method: 'post',
      path: '/concerts/schedules/{scheduleId}/close',
      operationId: 'closeSchedule',
      tag: 'operators',
      summary: 'Close the sale of a performance',
      description: `${CLOSING} The sale of its concert stays as it is.`,
      access: 'admin',
      params: schedulePath,
      body: closing,
      problems: ['SCHEDULE_CANCELLED', 'SCHEDULE_NOT_FOUND'],
    }),
    commandRoute(deps, {
      command: reopenSchedule,
      method: 'post',
      path: '/concerts/schedules/{scheduleId}/reopen',
      operationId: 'reopenSchedule',
      tag: 'operators',
      summary: 'Open the sale of a performance again',
      description: 'If its concert is closed too, it is sold again only once that is opened.',
      access: 'admin',
      params: schedulePath,
      problems: ['SCHEDULE_CANCELLED', 'SCHEDULE_NOT_FOUND'],
    }),
  ];
}
