/**
 * The invariants of the database, which must hold whatever happens to the processes. Each check states its promise,
 * counts the rows that it covers, and finds the rows that violate it. The checks use the database alone: they do not
 * rely on the code of the rules or on Redis.
 */
import { cancellationChecks } from './cancellation-checks.ts';
import type { Check } from './check.ts';
import { drawChecks } from './draw-checks.ts';
import { effectChecks } from './effect-checks.ts';
import { hallChecks } from './hall-checks.ts';
import { lineChecks } from './line-checks.ts';
import { moneyChecks } from './money-checks.ts';
import { operatorChecks } from './operator-checks.ts';
import { orderChecks } from './order-checks.ts';
import { placeChecks } from './place-checks.ts';
import { pointChecks } from './point-checks.ts';
import { queueChecks } from './queue-checks.ts';
import { ticketChecks } from './ticket-checks.ts';

export const checks: readonly Check[] = [
  ...pointChecks,
  ...placeChecks,
  ...hallChecks,
  ...orderChecks,
  ...cancellationChecks,
  ...effectChecks,
  ...queueChecks,
  ...drawChecks,
  ...lineChecks,
  ...operatorChecks,
  ...ticketChecks,
  ...moneyChecks,
];
