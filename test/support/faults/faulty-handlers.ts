/** Handlers for tests: using exactly FAULTY_AMOUNT points throws an error. */
import { handlers } from '../../../workers/handlers/index.ts';
import { FAULTY_AMOUNT } from './faulty-amount.ts';

export const faultyHandlers: typeof handlers = {
  ...handlers,
  'use-points': {
    ...handlers['use-points'],
    apply(context) {
      const { amount } = context.command.input;
      if (amount === FAULTY_AMOUNT) throw new Error('broken by a test');
      return handlers['use-points'].apply(context);
    },
  },
};
