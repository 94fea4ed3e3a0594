/** Runs a PostgreSQL server for services.ts: `postgres-process.ts FOLDER PORT`, until SIGTERM. */
import { startPostgres } from '../../../scripts/services/postgres.ts';
import { shutDownOnSignals } from '../../../src/runtime/shutdown.ts';

const STOP_MS_MAX = 60_000;

const [folder = '', port] = process.argv.slice(2);
const service = await startPostgres(folder, Number(port));
shutDownOnSignals({ steps: { PostgreSQL: () => service.stop() }, limitMs: STOP_MS_MAX });
process.send?.('ready');
setInterval(() => undefined, 2 ** 30);
