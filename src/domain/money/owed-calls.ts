/** Rules for calls to payment providers that are owed. */
import { type Decision, refuse } from '../reasons.ts';

/**
 * Only a dead call is made at the wish of an operator: any other is due within half an hour.
 * @param call undefined if it does not exist: it never did, or it was answered
 */
export function decideCallRetry({
  callId,
  call,
}: {
  callId: number;
  call: { isDead: boolean } | undefined;
}): Decision<{ isDue: true }> {
  if (!call) return refuse('CALL_NOT_FOUND', `Call ${callId} does not exist, or is answered.`);
  if (!call.isDead) {
    return refuse('CALL_NOT_DEAD', `Call ${callId} is tried again by itself, within half an hour.`);
  }
  return { change: { isDue: true } };
}
