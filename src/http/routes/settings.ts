/** The route that shows the rules of the sale to clients. */
import { type PublicSettingsDeps, publicSettings, publicSettingsOf } from '../public-settings.ts';
import { respondJson } from '../respond.ts';
import { defineRoute, type Route } from '../route.ts';

export function settingsRoutes(deps: PublicSettingsDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/settings',
      operationId: 'getSettings',
      tag: 'concerts',
      summary: 'Get the rules of the sale: holds, refunds, ways to pay',
      description: 'They change only when the API is started with other settings.',
      access: 'open',
      response: { status: 200, schema: publicSettings, description: 'The rules of the sale.' },
      handle: () => respondJson(publicSettingsOf(deps)),
    }),
  ];
}
