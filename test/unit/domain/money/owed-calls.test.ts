/** When an operator may have a call to a payment provider made now. */
import { decideCallRetry } from '../../../../src/domain/money/owed-calls.ts';
import { provePrecedence } from '../rules.ts';

provePrecedence(
  decideCallRetry,
  {
    input: { callId: 7, call: undefined as { isDead: boolean } | undefined },
    reason: 'CALL_NOT_FOUND',
  },
  [
    { fixed: 'a call that is owed', by: { call: { isDead: false } }, reason: 'CALL_NOT_DEAD' },
    { fixed: 'a call that is dead', by: { call: { isDead: true } }, reason: undefined },
  ],
);
