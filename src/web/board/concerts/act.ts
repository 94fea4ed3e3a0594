/** Sends a command of an operator, says what became of it, and reads again what it has changed. */
import type { SeatlaneOperator } from '../../../client/index.ts';
import { callApi } from '../../api.ts';
import { useAction } from '../../hooks.ts';
import { notify, notifyProblem } from '../../notifications.ts';

/** @param done the news afterwards */
export type Act = (call: (seatlane: SeatlaneOperator) => Promise<unknown>, done: string) => void;

export function useAct(onChanged: () => void): [isBusy: boolean, act: Act] {
  const [isBusy, run] = useAction();
  const act: Act = (call, done) =>
    run(async () => {
      try {
        await callApi(call);
        notify(() => done);
        onChanged();
      } catch (error) {
        notifyProblem(error);
      }
    });
  return [isBusy, act];
}
