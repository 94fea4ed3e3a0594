/**
 * Stops things in order, each of them also where one before it failed: a server that stays keeps the test run from
 * ending.
 * @throws the first error, once all have been tried
 */
export async function stopAll(...stops: readonly (() => Promise<unknown>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const stop of stops) await stop().catch((error) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}

/** Stops all concurrently. @throws the first error, once all have ended */
export async function stopTogether(
  running: readonly { stop(): Promise<unknown> }[],
): Promise<void> {
  const settled = await Promise.allSettled(running.map((each) => each.stop()));
  for (const each of settled) if (each.status === 'rejected') throw each.reason;
}
