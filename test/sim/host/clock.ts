/** The time of a simulation: nothing in its process reads another clock. */

/** When every simulation begins, in ms since 1970: 2026-05-01 12:00 UTC. */
export const BEGIN_MS = 1_777_636_800_000;

/** In ms since 1970, with a fractional part. Only the scheduler moves it. */
export const clock: { now: number } = { now: BEGIN_MS };
