/**
 * How often API processes note who polls, and after which time workers count a user as absent. If one of these times changed
 * alone, users who poll would be skipped. So the upper half is chosen, and the lower half is computed from it. All are in ms.
 *
 * `src/config/setting-checks.ts` can import nothing; `test/unit/db/reads/queue/presence-times.test.ts` compares it with these.
 */

/** Notes are kept in memory and written in bulk this often. */
export const NOTES_WRITTEN_EVERY_MS = 1000;

/** After a note near the front, an entry is not noted again for this long, however often its user polls. */
export const NEAR_NOTED_EVERY_MS = 10_000;

/** Elsewhere an entry is noted once in a slot of this length, so that the notes of a long line cost little. */
export const FAR_NOTED_EVERY_MS = 300_000;

/** Each API process says this often that it notes polls, so that an outage is not taken for the absence of users. */
export const WATCH_NOTED_EVERY_MS = 10_000;

/** The longest pause between two polls: that of the client is 15 s, or 18 s with its jitter. */
export const POLL_PAUSE_MAX_MS = 20_000;

/** A younger note near the front is enough if another process has made it: half of the usual time, so that few are left out. */
export const NEAR_NOTE_FRESH_MS = NEAR_NOTED_EVERY_MS / 2;

/** The same elsewhere, for a user whose next poll went to another process. */
export const FAR_NOTE_FRESH_MS = POLL_PAUSE_MAX_MS;

/**
 * How much longer than near the front a user can be unseen elsewhere. The note of a slot can be from just before it, if it was
 * fresh. In the next slot the first poll comes a pause after the beginning, and its note can be late by another one: because
 * the row was locked, or because many others were noted before.
 */
export const FAR_UNSEEN_MS = FAR_NOTED_EVERY_MS + FAR_NOTE_FRESH_MS + 2 * POLL_PAUSE_MAX_MS;

/**
 * If no process said for this long that it notes polls, absence counts from the end of that gap on. One of these notes can be
 * lost, and the next one be late by half a period.
 */
export const WATCH_GAP_MS = 2.5 * WATCH_NOTED_EVERY_MS;

/** A session counts as unclaimed this much later than it could be claimed: a claim may be written at the third attempt only. */
export const CLAIMS_WRITTEN_MS = 3 * NOTES_WRITTEN_EVERY_MS;
