/**
 * The API process: accepts commands, enqueues them in lanes and returns their outcomes. Run as many as needed.
 *
 *   npm run api      listens on PORT (default 3000)
 */

import { startApi } from './api.ts';
import { readCommandLine } from './config/command-line.ts';
import { runProcess } from './run-process.ts';

readCommandLine(import.meta.filename, {});

await runProcess({
  name: 'api',
  async start(settings) {
    const api = await startApi(settings);
    settings.log.info({ port: api.port }, `The API listens on http://localhost:${api.port}`);
    process.send?.({ port: api.port });
    return api;
  },
  stopping: 'finishing requests in flight, accepting no new ones',
});
