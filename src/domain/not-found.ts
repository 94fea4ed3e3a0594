/** The refusals of commands that name what does not exist. Each has the id in a field too, as a command can name several things. */
import { type Refusal, refuse } from './reasons.ts';

export function noSuchSchedule(scheduleId: number): Refusal {
  return refuse('SCHEDULE_NOT_FOUND', `There is no schedule ${scheduleId}.`, { scheduleId })
    .refusal;
}

export function noSuchConcert(concertId: number): Refusal {
  return refuse('CONCERT_NOT_FOUND', `There is no concert ${concertId}.`, { concertId }).refusal;
}

export function noSuchSeat(seatId: number): Refusal {
  return refuse('SEAT_NOT_FOUND', `There is no seat ${seatId}.`, { seatId }).refusal;
}

export function noSuchArea(areaId: number): Refusal {
  return refuse('AREA_NOT_FOUND', `There is no area ${areaId}.`, { areaId }).refusal;
}

export function noSuchHall(hallId: number): Refusal {
  return refuse('HALL_NOT_FOUND', `There is no hall ${hallId}.`, { hallId }).refusal;
}

export function noSuchHallVersion(hallId: number, version: number): Refusal {
  const detail = `There is no version ${version} of hall ${hallId}.`;
  return refuse('HALL_NOT_FOUND', detail, { hallId }).refusal;
}

export function noSuchQueue(queueId: number): Refusal {
  return refuse('QUEUE_NOT_FOUND', `There is no waiting queue ${queueId}.`, { queueId }).refusal;
}
