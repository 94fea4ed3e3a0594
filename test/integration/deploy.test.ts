/** The dashboard and the alert rules against what a running API and worker publish, and against the docs. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commands } from '../../src/commands/index.ts';
import { firstFreePort } from '../../src/runtime/server.ts';
import { type MetricSample, sampleOf, samplesOf } from '../support/deploy/metric-samples.ts';
import { parsePromql, type Selector } from '../support/deploy/promql.ts';
import { startSeatlane, type TestSeatlane } from '../support/services/seatlane.ts';
import { waitFor } from '../support/wait-for.ts';

interface Alert {
  alert: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

interface Panel {
  title: string;
  targets?: { expr: string; legendFormat: string }[];
}

const ROOT = resolve(import.meta.dirname, '../..');
const textOf = (file: string) => readFileSync(resolve(ROOT, file), 'utf8');
const operations = textOf('docs/operations.md');
const rules = parse(textOf('deploy/prometheus/alerts.yml')) as { groups: { rules: Alert[] }[] };
const alerts = rules.groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(textOf('deploy/grafana/seatlane.json')) as { panels: Panel[] };
const targets = dashboard.panels.flatMap(({ title, targets: asked = [] }) =>
  asked.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
);
const withInterval = (expr: string) => expr.replaceAll('$__rate_interval', '1m');

/** Prometheus adds these to all that it scrapes, and `up` for each process. */
const OF_PROMETHEUS = ['job', 'instance'];
const isOfPrometheus = ({ metric }: Selector) => metric === 'up';

let seatlane: TestSeatlane;
let samples: MetricSample[];

beforeAll(async () => {
  const workerPort = await firstFreePort(9465);
  const settings = { MAX_ACTIVE: '1', MAX_WAITING: '1', WORKER_PORT: String(workerPort) };
  seatlane = await startSeatlane({ settings });
  const { client } = seatlane;
  // Series begin with what they count: something that goes well, is refused, and is answered 503.
  const token = await client.tokenFor('ada');
  await client.command('POST', '/points/charge', { token, body: { amount: 5 } });
  await client.command('POST', '/points/use', { token, body: { amount: 500 } });
  await client.request('POST', '/points/charge', { token, body: { amount: -5 } });
  await client.admitted('first');
  const enter = async (subject: string) =>
    (await client.command('POST', '/users/queue', { token: await client.tokenFor(subject) }))
      .status;
  await enter('second');
  expect(await enter('third')).toBe(503);
  samples = await waitFor('timed work has run', async () => {
    const ofWorker = await (await fetch(`http://127.0.0.1:${workerPort}/metrics`)).text();
    const found = samplesOf(`${(await client.request('GET', '/metrics')).body}${ofWorker}`);
    const hasRun = sampleOf(found, 'seatlane_timer_runs_total', { timer: 'admit' }) !== undefined;
    return hasRun && found;
  });
});
afterAll(() => seatlane.stop());

/** What no process publishes: metrics, their labels, values of labels. */
function missing({ metric, matchers }: Selector): string[] {
  const series = samples.filter(({ name }) => name === metric);
  if (series.length === 0) return [metric];
  return matchers
    .filter(({ label }) => !OF_PROMETHEUS.includes(label))
    .flatMap(({ label, operator, value }) =>
      (operator.includes('~') ? value.split('|') : [value])
        .filter((each) => !hasValue(series, label, new RegExp(`^(?:${each})$`)))
        .map((each) => `${metric}{${label}="${each}"}`),
    );
}

/** Whether a label has such a value. Some series of commands begin with their first outcome. */
function hasValue(series: readonly MetricSample[], label: string, value: RegExp): boolean {
  const isKnown = Object.keys(commands).some((command) => value.test(command));
  if (label === 'command' && isKnown) return true;
  return series.some(({ labels }) => value.test(labels[label] ?? ''));
}

function labelsOf(selectors: readonly Selector[]): Set<string> {
  const metrics = new Set(selectors.map(({ metric }) => metric));
  const labels = samples
    .filter(({ name }) => metrics.has(name))
    .flatMap((sample) => Object.keys(sample.labels));
  return new Set([...labels, ...OF_PROMETHEUS]);
}

/** @param shown the text that shows labels of the result, each as `pattern` finds it */
function expectAnswerable(expr: string, shown: string, pattern: RegExp): void {
  const { selectors, grouping } = parsePromql(withInterval(expr));
  expect(selectors.length).toBeGreaterThan(0);
  expect(selectors.filter((each) => !isOfPrometheus(each)).flatMap(missing)).toEqual([]);
  const known = labelsOf(selectors);
  expect(grouping.filter((label) => !known.has(label))).toEqual([]);
  const left = grouping.length > 0 ? new Set(grouping) : known;
  const labels = [...shown.matchAll(pattern)].map(([, label]) => label as string);
  expect(labels.filter((label) => !left.has(label))).toEqual([]);
}

test.each(targets)('the panel “$title” shows what is there: $expr', ({ expr, legendFormat }) => {
  expectAnswerable(expr, legendFormat, /\{\{(\w+)\}\}/g);
});

test.each(alerts)('$alert watches what is there', ({ expr, annotations }) => {
  expectAnswerable(expr, annotations?.summary ?? '', /\$labels\.(\w+)/g);
});

/** The anchor that a heading has on the page. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
const anchors = [...operations.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
  anchorOf(heading),
);

test.each(alerts)('$alert says how bad it is, since when, and what to do', (alert) => {
  expect(alert.labels?.severity).toMatch(/^(critical|warning)$/);
  expect(alert.for).toMatch(/^\d+[smh]$/);
  expect(alert.annotations?.summary).toMatch(/\w+.*\.$/);
  const anchor = /docs\/operations\.md#([\w-]+)$/.exec(alert.annotations?.description ?? '')?.[1];
  expect(anchors).toContain(anchor);
});

test('every figure of ours stands in docs/operations.md, and no other', () => {
  const nameOf = (name: string) => name.replace(/_(bucket|sum|count)$/, '');
  const published = new Set(
    samples.map(({ name }) => nameOf(name)).filter((name) => name.startsWith('seatlane_')),
  );
  const documented = new Set(
    [...operations.matchAll(/`(seatlane_\w+)[`{]/g)].map(([, name]) => name),
  );
  expect([...documented].toSorted()).toEqual([...published].toSorted());
});
