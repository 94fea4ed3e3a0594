/** The keys of the session advisory locks by which worker processes own lanes (workers/lanes/owner.ts). */

/** The first half of the key of a lane's lock. */
export const LANE_LOCKS = 1_588_002_817;

/**
 * The second half is the lane's number, for lanes of users plus this: lanes of one kind have consecutive
 * keys, and there are at most 64 of them.
 */
export const KIND_STEP = 1000;
