/** The interface of all servers of the comparison, whatever their lock strategy is. */

/** An HTTP response. */
export interface Reply {
  status: number;
  body: object;
}

/** Ids are database ids; amounts and prices are in points. */
export interface Shop {
  charge(userId: number, amount: number): Promise<Reply>;
  book(userId: number, seatId: number): Promise<Reply>;
  /** Orders one place of an area; missing in shops that only know seats. */
  stand?(userId: number, areaId: number): Promise<Reply>;
  pay(userId: number, bookingId: number): Promise<Reply>;
  enter(userId: number): Promise<Reply>;
  entry(userId: number): Promise<Reply>;
  seats(scheduleId: number): Promise<Reply>;
  close(): Promise<void>;
}

export const HOLD_MS = 300_000;

/** A unique value for the column `job_id`, because these servers have no jobs. */
export function madeUpJobId(): string {
  made += 1;
  return `direct-${process.pid}-${Date.now()}-${made}`;
}

let made = 0;

export const ok = (body: object): Reply => ({ status: 200, body });

export function refused(code: string, status = 409): Reply {
  return { status, body: { status, code, title: code, type: `urn:seatlane:problem:${code}` } };
}
