/** Brings the database up to the latest migration. Safe to run twice, and by several at once. */
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/db/orm.ts';

const { config } = readConfig();
const orm = await openDatabase({
  databaseUrl: config.databaseUrl,
  connectionsMax: 2,
  applicationName: 'seatlane-migrate',
});
try {
  const applied = await orm.migrator.up();
  console.log(applied.length > 0 ? `Applied ${applied.length} migrations.` : 'Nothing to migrate.');
} finally {
  await orm.close();
}
