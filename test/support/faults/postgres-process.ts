/** Runs a PostgreSQL server for services.ts: `postgres-process.ts FOLDER PORT`, until SIGTERM. */
import { startPostgres } from '../../../scripts/services/postgres.ts';

const [folder = '', port] = process.argv.slice(2);
const service = await startPostgres(folder, Number(port));
const stop = () => service.stop().then(() => process.exit(0));
process.on('SIGTERM', stop);
// The test run ended without stopping this process.
process.on('disconnect', stop);
process.send?.('ready');
setInterval(() => undefined, 2 ** 30);
