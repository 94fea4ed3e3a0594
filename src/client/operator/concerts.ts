/** The part of an operator's client for concerts and their performances. */
import type { ConcertChange, ConcertImage, ScheduleChange } from '../api/catalogue/events.ts';
import type { NewConcert, NewSchedule } from '../api/inputs.ts';
import type { Cancellation } from '../api/operators.ts';
import type { Concert, Schedule } from '../api/resources.ts';
import { SeatlaneGate } from '../gate.ts';
import type { CallOptions, CommandOptions } from '../options.ts';

/** `SeatlaneOperator` extends it. */
export class ConcertOperator extends SeatlaneGate {
  createConcert(concert: NewConcert, options?: CommandOptions): Promise<Concert> {
    return this.command({ method: 'POST', path: '/concerts', body: concert }, options);
  }

  /** Changes what a concert says about itself. A missing field stays as it is. */
  editConcert(
    concertId: number,
    change: ConcertChange,
    options?: CommandOptions,
  ): Promise<Concert> {
    const path = `/concerts/${concertId}`;
    return this.command({ method: 'PUT', path, body: change }, options);
  }

  /** Gives a concert its picture. */
  setConcertImage(
    concertId: number,
    image: ConcertImage,
    options?: CommandOptions,
  ): Promise<Concert> {
    const path = `/concerts/${concertId}/image`;
    return this.command({ method: 'PUT', path, body: image }, options);
  }

  /** Closes the sale of a concert: nothing of it can be ordered any more, but what is held can be paid. */
  closeConcert(concertId: number, reason: string, options?: CommandOptions): Promise<Concert> {
    const path = `/concerts/${concertId}/close`;
    return this.command({ method: 'POST', path, body: { reason } }, options);
  }

  /** Opens the sale of a concert again. */
  reopenConcert(concertId: number, options?: CommandOptions): Promise<Concert> {
    return this.command({ method: 'POST', path: `/concerts/${concertId}/reopen` }, options);
  }

  /** Changes the times of a performance; once its sale has begun, only its end, to a later time. */
  editSchedule(
    scheduleId: number,
    change: ScheduleChange,
    options?: CommandOptions,
  ): Promise<Schedule> {
    const path = `/concerts/schedules/${scheduleId}`;
    return this.command({ method: 'PUT', path, body: change }, options);
  }

  /** Closes the sale of a performance: nothing of it can be ordered any more, but what is held can be paid. */
  closeSchedule(scheduleId: number, reason: string, options?: CommandOptions): Promise<Schedule> {
    const path = `/concerts/schedules/${scheduleId}/close`;
    return this.command({ method: 'POST', path, body: { reason } }, options);
  }

  /** Opens the sale of a performance again; if its concert is closed too, that stays so. */
  reopenSchedule(scheduleId: number, options?: CommandOptions): Promise<Schedule> {
    const path = `/concerts/schedules/${scheduleId}/reopen`;
    return this.command({ method: 'POST', path }, options);
  }

  /** Puts a performance of a concert on sale. */
  createSchedule(
    concertId: number,
    schedule: NewSchedule,
    options?: CommandOptions,
  ): Promise<Schedule> {
    const path = `/concerts/${concertId}/schedules`;
    return this.command({ method: 'POST', path, body: schedule }, options);
  }

  /**
   * Cancels a performance: from then on its places can be neither ordered nor paid. Its holds end and its paid orders are refunded
   * in the background; `cancellation` shows how far that is.
   */
  cancelSchedule(scheduleId: number, reason: string, options?: CommandOptions): Promise<Schedule> {
    const path = `/concerts/schedules/${scheduleId}/cancel`;
    return this.command({ method: 'POST', path, body: { reason } }, options);
  }

  /** How far the orders of a cancelled performance are refunded. */
  cancellation(scheduleId: number, options: CallOptions = {}): Promise<Cancellation> {
    return this.read(`/concerts/schedules/${scheduleId}/cancellation`, options);
  }

  /** Tries now to end the orders of a cancelled performance that are left, and to pay back to cards what failed. */
  retryCancellation(scheduleId: number, options?: CommandOptions): Promise<Schedule> {
    const path = `/concerts/schedules/${scheduleId}/cancellation/retry`;
    return this.command({ method: 'POST', path }, options);
  }
}
