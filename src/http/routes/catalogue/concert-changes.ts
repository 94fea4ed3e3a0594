/** Routes by which operators change concerts and the times of their performances. */
import { z } from 'zod';
import { closeConcert, reopenConcert } from '../../../commands/concerts/close-concert.ts';
import { concertChange, editConcert } from '../../../commands/concerts/edit-concert.ts';
import { editSchedule, scheduleChange } from '../../../commands/concerts/edit-schedule.ts';
import {
  IMAGE_TEXT_MAX,
  imageBody,
  setConcertImage,
} from '../../../commands/concerts/set-concert-image.ts';
import { operatorReason } from '../../../commands/orders/cancel-order-as-operator.ts';
import { acceptCommand, type JobDeps } from '../../jobs/accept-command.ts';
import { pathId } from '../../request.ts';
import { defineRoute, type Route } from '../../route.ts';
import { accepted } from '../shared-responses.ts';

const KILOBYTE = 1024;
const concertPath = z.object({ concertId: pathId });
const schedulePath = z.object({ scheduleId: pathId });

export function concertChangeRoutes(deps: JobDeps): Route[] {
  return [
    defineRoute({
      method: 'put',
      path: '/concerts/{concertId}',
      operationId: 'editConcert',
      tag: 'operators',
      summary: 'Change what a concert says about itself; a missing field stays as it is',
      access: 'admin',
      params: concertPath,
      body: concertChange,
      bodyBytesMax: 128 * KILOBYTE,
      response: accepted,
      outcome: editConcert.result,
      problems: ['CONCERT_NOT_FOUND'],
      handle: (request) =>
        acceptCommand(deps, {
          ...request,
          command: editConcert,
          input: { ...request.params, ...request.body },
        }),
    }),
    defineRoute({
      method: 'put',
      path: '/concerts/{concertId}/image',
      operationId: 'setConcertImage',
      tag: 'operators',
      summary: 'Give a concert its picture: a JPEG, PNG or WebP of at most 150 KiB, as base64',
      access: 'admin',
      params: concertPath,
      body: imageBody,
      bodyBytesMax: IMAGE_TEXT_MAX + KILOBYTE,
      response: accepted,
      outcome: setConcertImage.result,
      problems: ['CONCERT_NOT_FOUND'],
      handle: (request) =>
        acceptCommand(deps, {
          ...request,
          command: setConcertImage,
          input: { ...request.params, ...request.body },
        }),
    }),
    defineRoute({
      method: 'post',
      path: '/concerts/{concertId}/close',
      operationId: 'closeConcert',
      tag: 'operators',
      summary: 'Close the sale of a concert',
      description:
        'Its places can no longer be ordered. What is held can still be paid, and nothing is refunded.',
      access: 'admin',
      params: concertPath,
      body: z.strictObject({ reason: operatorReason }),
      response: accepted,
      outcome: closeConcert.result,
      problems: ['CONCERT_NOT_FOUND'],
      handle: (request) =>
        acceptCommand(deps, {
          ...request,
          command: closeConcert,
          input: { ...request.params, ...request.body },
        }),
    }),
    defineRoute({
      method: 'post',
      path: '/concerts/{concertId}/reopen',
      operationId: 'reopenConcert',
      tag: 'operators',
      summary: 'Open the sale of a concert again',
      access: 'admin',
      params: concertPath,
      response: accepted,
      outcome: reopenConcert.result,
      problems: ['CONCERT_NOT_FOUND'],
      handle: (request) =>
        acceptCommand(deps, { ...request, command: reopenConcert, input: request.params }),
    }),
    defineRoute({
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
      response: accepted,
      outcome: editSchedule.result,
      problems: [
        'SCHEDULE_CANCELLED',
        'SCHEDULE_NOT_FOUND',
        'SALE_STARTED',
        'SCHEDULE_TIMES_INVALID',
      ],
      handle: (request) =>
        acceptCommand(deps, {
          ...request,
          command: editSchedule,
          input: { ...request.params, ...request.body },
        }),
    }),
  ];
}
