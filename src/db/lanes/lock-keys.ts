/** The keys of the session advisory locks by which worker processes own lanes (workers/lanes/owner.ts). */

/** The first key of a lane's lock. */
export const LANE_LOCKS = 1_588_002_817;

/**
 * The second key is the lane's number; this step is added for user lanes. Lanes of one kind have consecutive keys, and
 * there are at most 64 of a kind.
 */
export const KIND_STEP = 1000;
