/**
 * `npm run bench:k6`: runs a k6 profile of deploy/k6 without k6, against an API and a worker process that it starts. Prints the
 * thresholds and the times, and ends with an audit; a soak also tells whether memory, connections, keys in Redis and tables are flat.
 * Exits with 99 if a threshold was exceeded, as k6 does, and with 1 if something grows or the audit finds something wrong.
 *
 *   node scripts/bench/k6.ts --profile load [--seconds 60] [--rate 10] [--peak 100] [--set NAME=VALUE ...] [--json FILE]
 *
 * Without --seconds, --rate and --peak the profile's own defaults apply. --set sets what deploy/k6/README.md lists.
 */

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isNumber, readCommandLine, refuseUsage } from '../../src/config/command-line.ts';
import { freePort } from '../services/free-port.ts';
import { auditOf } from './audit.ts';
import { connect, disconnect } from './k6/modules/http.ts';
import { loadScript } from './k6/modules/register.ts';
import { metricValues, toMarkdown } from './k6/report.ts';
import { runScript, type Script } from './k6/run-script.ts';
import { type ResourceWatch, type Watched, watchResources } from './k6/watch-resources.ts';
import { startBenchSystem } from './system.ts';

const PROFILES = ['load', 'stress', 'spike', 'soak'];
const CONNECTIONS = 2000;
const SAMPLES_OF_SOAK = 200;
const SAMPLE_MS_MIN = 250;
const THRESHOLD_EXCEEDED = 99;

const { values } = readCommandLine(import.meta.filename, {
  options: {
    profile: { type: 'string', default: 'load' },
    seconds: { type: 'string' },
    rate: { type: 'string' },
    peak: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
  },
});
const { profile } = values;
if (!PROFILES.includes(profile)) {
  refuseUsage(import.meta.filename, `--profile ${profile} is none of ${PROFILES.join(', ')}.`);
}
for (const name of ['seconds', 'rate', 'peak'] as const) {
  if (isNumber(values[name] ?? '0')) continue;
  refuseUsage(import.meta.filename, `--${name} takes a number, not '${values[name]}'.`);
}
const unset = values.set.find((each) => !/^\w+=/.test(each));
if (unset !== undefined) {
  refuseUsage(import.meta.filename, `--set takes NAME=VALUE, not '${unset}'.`);
}

/** The admission of a shop by default; a stress is about the sale behind it. */
const DEFAULT_ADMISSION = { ADMIT_LIMIT: '250', MAX_ACTIVE: '1000', QUEUE_TOKEN_SECONDS: '300' };

const system = await startBenchSystem();
let exitCode = 0;
let watch: ResourceWatch | undefined;
try {
  const workerPort = String(await freePort());
  const settings = {
    DEV_ISSUER: 'true',
    OPEN_CHARGING: 'true',
    ...(profile !== 'stress' && DEFAULT_ADMISSION),
  };
  const preload = profile === 'soak' ? 'scripts/bench/k6/report-heap.ts' : undefined;
  const worker = await system.startWorker({ ...settings, WORKER_PORT: workerPort }, preload);
  const api = await system.startApi(settings, preload);
  connect(CONNECTIONS);
  const script = (await loadScript(resolve(import.meta.dirname, `../../deploy/k6/${profile}.js`), {
    BASE_URL: `http://127.0.0.1:${api.port}`,
    WORKER_METRICS: `http://127.0.0.1:${workerPort}/metrics`,
    ...(values.seconds && { SECONDS: values.seconds }),
    ...(values.rate && { RATE: values.rate }),
    ...(values.peak && { PEAK: values.peak }),
    ...Object.fromEntries(values.set.map((each) => each.split(/=(.*)/s).slice(0, 2))),
  })) as unknown as Script;
  if (profile === 'soak') {
    const [{ duration = '' } = {}] = Object.values(script.options.scenarios) as any[];
    const everyMs = Math.max(SAMPLE_MS_MIN, (Number.parseFloat(duration) * 1000) / SAMPLES_OF_SOAK);
    watch = await watchResources(system, { 'API process': api, worker }, everyMs);
  }
  const started = performance.now();
  const result = await runScript(script, () => console.error('The first buyers arrive …'));
  const seconds = (performance.now() - started) / 1000;
  const resources: Watched[] = (await watch?.stop()) ?? [];
  watch = undefined;
  disconnect();
  const figures = { profile, seconds, ...result, metrics: metricValues(), resources };
  console.log(`Profile ${profile}, ${seconds.toFixed(0)} s.\n`);
  console.log(toMarkdown(figures));
  if (result.aborted) {
    const { seconds: after, perSecond } = result.aborted;
    const rate = perSecond.toFixed(0);
    console.log(
      `\nEnded by a threshold after ${after.toFixed(0)} s, at ${rate} journeys a second.`,
    );
  }
  if (result.interrupted > 0) console.log(`\n${result.interrupted} journeys did not end.`);
  if (values.json) writeFileSync(values.json, JSON.stringify(figures, null, 2));
  console.log(`\nAudit: ${auditOf(system.environment)}`);
  if (result.verdicts.some(({ passed }) => !passed)) exitCode = THRESHOLD_EXCEEDED;
  if (resources.some(({ isJudged, isFlat }) => isJudged && !isFlat)) exitCode = 1;
} finally {
  await watch?.stop().catch(() => undefined);
  await system.stop();
}
process.exitCode = exitCode;
