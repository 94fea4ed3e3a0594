/** What every server of the comparison sells, however it keeps buyers apart. */

/** An answer over HTTP. */
export interface Reply {
  status: number;
  body: object;
}

/** All ids are those of the database; amounts and prices in points. */
export interface Shop {
  charge(userId: number, amount: number): Promise<Reply>;
  book(userId: number, seatId: number): Promise<Reply>;
  pay(userId: number, bookingId: number): Promise<Reply>;
  enter(userId: number): Promise<Reply>;
  place(userId: number): Promise<Reply>;
  seats(scheduleId: number): Promise<Reply>;
  close(): Promise<void>;
}

export const HOLD_MS = 300_000;

/** Where the servers of the comparison differ from Seatlane: nothing of theirs comes from a lane. */
export function madeUpJobId(): string {
  made += 1;
  return `direct-${process.pid}-${Date.now()}-${made}`;
}

let made = 0;

export const ok = (body: object): Reply => ({ status: 200, body });

export function refused(code: string, status = 409): Reply {
  return { status, body: { status, code, title: code, type: `urn:seatlane:problem:${code}` } };
}
