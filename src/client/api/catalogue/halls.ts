/**
 * Halls, as operators save them and schedules use them. The shapes are hand-written; a test keeps them equal to the API's schemas.
 *
 * Positions are whole numbers in a unit that the plan is free to choose, x to the right and y away from the stage. Those of a
 * seat are relative to its row, those of a row to its section, those of a section to the plan. A seat, row or section without
 * a position gets one: `seatPositions` of src/client/halls says which.
 */

/** A seat for somebody in a wheelchair, or the seat beside it for who comes along. Other seats have no kind. */
export type SeatKind = 'accessible' | 'companion';

/** Seats and areas of one price. */
export interface PlanCategory {
  /** Unique in the plan, 1 to 60 characters. */
  name: string;
  /** `#rrggbb`, in lower case. */
  colour?: string | undefined;
}

export interface PlanSeat {
  /** 1 to 1,000,000. The API keeps the seats of a row in the order of their numbers. */
  number: number;
  x?: number | undefined;
  y?: number | undefined;
  /** The name of a category of the plan. */
  category: string;
  kind?: SeatKind | undefined;
}

/**
 * A block of seats in one row, 1 or more. Seats with consecutive numbers are neighbours. A row with an aisle is two blocks with the
 * same name, between which nobody is a neighbour.
 */
export interface PlanRow {
  /** 1 to 60 characters, or null if the hall names no rows. */
  name: string | null;
  x?: number | undefined;
  y?: number | undefined;
  seats: PlanSeat[];
}

export interface PlanSection {
  /** Unique in the plan, 1 to 60 characters; null if the hall names no sections. */
  name: string | null;
  x?: number | undefined;
  y?: number | undefined;
  /** From the front to the back. */
  rows: PlanRow[];
}

/** Standing room or free seating. */
export interface PlanArea {
  /** Unique in the plan, 1 to 60 characters. */
  name: string;
  /** 1 to 1,000,000 places. */
  capacity: number;
  /** The name of a category of the plan. */
  category: string;
  /** Its outline as points `[x, y]` of the plan, 3 to 100. */
  polygon?: [x: number, y: number][] | undefined;
}

/** What a hall looks like: at most 50,000 seats and 100 areas, at least one of either. */
export interface Plan {
  /** 1 to 100, none twice. The first is the first of the legend. */
  categories: PlanCategory[];
  sections: PlanSection[];
  areas?: PlanArea[] | undefined;
}

/** A hall, with its newest version. */
export interface Hall {
  id: number;
  name: string;
  /** The newest, from 1. */
  version: number;
  /** The seats of the newest version, without the places of areas. */
  seatCount: number;
  /** When the hall was created. */
  createdAt: string;
}

/** A saved version of a hall. It never changes. */
export interface HallVersion {
  hallId: number;
  /** From 1. */
  version: number;
  plan: Plan;
  /** Its seats, without the places of areas. */
  seatCount: number;
  /** When it was saved. */
  createdAt: string;
}

export interface NewHall {
  /** 1 to 200 characters. */
  name: string;
  plan: Plan;
}

export interface HallChange {
  /** The version that was changed. If it is not the newest any more, the API refuses with `HALL_CHANGED`. */
  baseVersion: number;
  plan: Plan;
}

/** The hall of a new schedule. It replaces `seats` and `areas`. */
export interface HallOfSchedule {
  hallId: number;
  version: number;
  /** A price in points for each category of the plan, by its name. */
  prices: Record<string, number>;
}

/** A category of a schedule that was made from a hall. */
export interface PricedCategory {
  name: string;
  /** `#rrggbb`, or null. */
  colour: string | null;
  /** In points. */
  price: number;
}

/** Why a file is no plan, and where. */
export interface PlanFault {
  /** The line of a CSV file (`line 7, column kind`), or the JSON pointer of a value (`/zones/0/rows/3`). */
  place: string;
  code: PlanFaultCode;
  /** What the text of the code names, such as the value that stands there. */
  values: Record<string, string | number>;
}

/**
 * `not-json`, `not-csv`: the file cannot be read at all. `missing`: a column or a field. `unknown-column`. `empty`: a value, or a plan
 * without seats. `too-long`, `not-a-number`, `out-of-range`, `wrong-type`, `unknown-kind`, `unknown-category`: a value. `seat-twice`,
 * `category-twice`, `section-twice`: `first` says where it stands before. `too-many`: more than `max`.
 */
export type PlanFaultCode =
  | 'not-json'
  | 'not-csv'
  | 'missing'
  | 'unknown-column'
  | 'empty'
  | 'too-long'
  | 'not-a-number'
  | 'out-of-range'
  | 'wrong-type'
  | 'unknown-kind'
  | 'unknown-category'
  | 'seat-twice'
  | 'category-twice'
  | 'section-twice'
  | 'too-many';

/** What a parser makes of a file: a plan, or its faults (the first 100), never both. */
export type ParsedPlan =
  | { plan: Plan; name: string | null; errors?: undefined }
  | { errors: PlanFault[]; plan?: undefined };
