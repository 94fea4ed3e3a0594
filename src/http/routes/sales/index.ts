/** The routes with which operators look at sales, orders, users and owed calls. */
import type { Database } from '../../../db/connection/orm.ts';
import type { JobDeps } from '../../jobs/accept-command.ts';
import type { Route } from '../../route.ts';
import { salesFigureRoutes } from './figures.ts';
import { orderSearchRoutes } from './orders.ts';
import { ordersCsvRoute } from './orders-csv.ts';
import { outboxRoutes } from './outbox.ts';
import { userAccountRoute } from './users.ts';

export function salesRoutes(deps: JobDeps & { orm: Database }): Route[] {
  return [
    ...salesFigureRoutes(deps),
    ordersCsvRoute(deps),
    ...orderSearchRoutes(deps),
    userAccountRoute(deps),
    ...outboxRoutes(deps),
  ];
}
