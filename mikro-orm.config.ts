/** For the MikroORM command line: `npx mikro-orm migration:create --config ./mikro-orm.config.ts`. */
import { readConfig } from './src/config/config.ts';
import { ormOptions } from './src/db/connection/orm.ts';

const { config } = readConfig();

export default ormOptions({
  databaseUrl: config.databaseUrl,
  connectionsMax: 2,
  applicationName: 'seatlane-cli',
});
