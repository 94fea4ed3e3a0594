/** The large sale, as both the benchmark that runs it and the simulation that predicts it know it: its queues, its users, its pauses. */

export interface QueuePlan {
  name: string;
  users: number;
  seats: number;
  /** The capacity of each area. */
  areas: readonly number[];
  /** Users admitted in each window. */
  admitLimit: number;
}

export interface SalePlan {
  users: number;
  queues: readonly QueuePlan[];
  /** Users who arrive in one moment before the others, to measure what large batches cost. */
  burst: number;
  /** The time between the burst and the other arrivals, in s; 0 without a burst. */
  burstSeconds: number;
  /** Users who arrive in a second. */
  arrivalsPerSecond: number;
  /** The time between the last arrival and the opening, in s. */
  settleSeconds: number;
  windowSeconds: number;
  /** The longest pause between two polls of a user, in s. */
  pauseSeconds: number;
  /** The mean time between two steps of an admitted user, in s. */
  thinkSeconds: number;
  holdSeconds: number;
  graceSeconds: number;
  /** How long a session lasts, in s. */
  sessionSeconds: number;
  /** How often a user who is refused tries again before leaving. */
  triesMax: number;
  shares: Shares;
  seed: number;
}

/** Shares of the users, 0..1. */
export interface Shares {
  /** Users who pay by card; the others pay by points. */
  card: number;
  /** Users of seats who take the best available ones; the others choose theirs on the map. */
  best: number;
  /** Holders who give their order back. */
  givesBack: number;
  /** Holders who leave without a word, so that their hold expires. */
  abandons: number;
  /** Card payments with a 3-D Secure step, and declined ones. */
  challenged: number;
  declined: number;
}

/** The options of the benchmark and of the simulation, as numbers. */
export interface LargeOptions {
  users: number;
  places: number;
  arrivals: number;
  admit: number;
  pause: number;
  settle: number;
  card: number;
  /** How long places are held, in s. */
  hold: number;
  burst: number;
  seed: number;
}

/** How often all waiting users poll in a second at least, which two cores carry beside everything else; the longest pause follows from it. */
const POLLS_PER_SECOND = 2000;
const PAUSE_MIN = 3;
/** How many users there are for each place. */
const USERS_PER_PLACE = 8;

/** A small sale admits more slowly, so that users are left when the places of expired holds come back; and holds are short, so that this is soon. */
const ADMIT_MAX = 400;
const ADMIT_MIN = 12;
const USERS_PER_ADMIT = 30;
const SMALL = 10_000;
/** A user needs that long for all tries, in s. */
const SESSION_MIN = 90;
const HOLD = { small: 15, large: 30 };

/** The defaults for a number of users. From some thousand on the rates stay the same, so that a smaller sale costs as much each second. */
export function largeDefaults(users: number): LargeOptions {
  return {
    users,
    places: Math.ceil(users / USERS_PER_PLACE),
    arrivals: 800,
    admit: Math.min(ADMIT_MAX, Math.max(ADMIT_MIN, Math.round(users / USERS_PER_ADMIT))),
    pause: Math.max(PAUSE_MIN, Math.round(users / POLLS_PER_SECOND)),
    settle: 10,
    card: 0.5,
    hold: users < SMALL ? HOLD.small : HOLD.large,
    burst: 0,
    seed: 1,
  };
}

/** Two queues with numbered seats, and one with standing areas. */
const QUEUES = [
  { name: 'Stadium', share: 0.48, areas: [] },
  { name: 'Theatre', share: 0.32, areas: [] },
  { name: 'Club', share: 0.2, areas: [0.6, 0.4] },
];
const BURST_SECONDS = 15;

/** @param options `admit` counts all queues, in ten seconds */
export function largeSale(options: LargeOptions): SalePlan {
  const { users, places, admit, burst } = options;
  const last = QUEUES.length - 1;
  const cut = (total: number, index: number) => {
    const before = QUEUES.slice(0, index).reduce((sum, { share }) => sum + share, 0);
    const until = index === last ? 1 : before + (QUEUES[index]?.share ?? 0);
    return Math.round(total * until) - Math.round(total * before);
  };
  const queues = QUEUES.map(({ name, areas }, index) => {
    const own = cut(places, index);
    const first = Math.round(own * (areas[0] ?? 0));
    return {
      name,
      users: cut(users, index),
      seats: areas.length > 0 ? 0 : own,
      areas: areas.length > 0 ? [first, own - first] : [],
      admitLimit: Math.max(1, cut(admit, index)),
    };
  });
  return {
    users,
    queues,
    burst,
    burstSeconds: burst > 0 ? BURST_SECONDS : 0,
    arrivalsPerSecond: options.arrivals,
    settleSeconds: options.settle,
    windowSeconds: 10,
    pauseSeconds: options.pause,
    thinkSeconds: 4,
    holdSeconds: options.hold,
    graceSeconds: 10,
    sessionSeconds: Math.max(SESSION_MIN, 2 * options.hold),
    triesMax: 5,
    shares: {
      card: options.card,
      best: 0.6,
      givesBack: 0.05,
      abandons: 0.05,
      challenged: 0.4,
      declined: 0.05,
    },
    seed: options.seed,
  };
}

/** When this user arrives, in s from the beginning. Users are numbered in the order of their arrival. */
export function arrivalOf(plan: SalePlan, user: number): number {
  const { burst, burstSeconds, arrivalsPerSecond } = plan;
  return user < burst ? 0 : burstSeconds + (user - burst) / arrivalsPerSecond;
}

/** When the admission of all queues opens, in s from the beginning. */
export function openingOf(plan: SalePlan): number {
  return arrivalOf(plan, plan.users) + plan.settleSeconds;
}

/** The index of the queue of each user: at any time each queue has about its share of those who have arrived. */
export function queuesOfUsers({ users, queues }: SalePlan): Uint8Array {
  const left = queues.map((queue) => queue.users);
  const chosen = new Uint8Array(users);
  for (let user = 0; user < users; user += 1) {
    let best = 0;
    for (let index = 1; index < queues.length; index += 1) {
      const share = (of: number) => (left[of] as number) / ((queues[of] as QueuePlan).users || 1);
      if (share(index) > share(best)) best = index;
    }
    chosen[user] = best;
    left[best] = (left[best] as number) - 1;
  }
  return chosen;
}

export function placesOf({ seats, areas }: QueuePlan): number {
  return areas.reduce((sum, capacity) => sum + capacity, seats);
}
